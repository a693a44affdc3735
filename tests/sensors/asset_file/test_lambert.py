"""Lambert-93 and the conical zones: IGN's published vector and constants, and a forward projection."""

from math import atan, degrees, exp, log, pi, radians, sin, sqrt, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.asset_file.lambert import Cone, NotHereError, cone_of, locate, to_geographic

A, E = 6_378_137.0, sqrt(2 / 298.257222101 - 1 / 298.257222101**2)


def project(epsg: int, longitude: float, latitude: float) -> tuple[float, float]:
    """Project by the formulas of EPSG guidance note 7-2 (Lambert Conic Conformal 2SP)."""
    if epsg == 2154:
        origin, first, second, x0, y0 = 46.5, 44.0, 49.0, 7e5, 6.6e6
    else:
        origin = epsg - 3900
        first, second, x0, y0 = origin - 0.75, origin + 0.75, 1.7e6, (origin - 41) * 1e6 + 2e5

    def m(angle: float) -> float:
        return sqrt(1 - sin(radians(angle)) ** 2) / sqrt(1 - (E * sin(radians(angle))) ** 2)

    def t(angle: float) -> float:
        sine = E * sin(radians(angle))
        return tan(pi / 4 - radians(angle) / 2) / ((1 - sine) / (1 + sine)) ** (E / 2)

    n = (log(m(first)) - log(m(second))) / (log(t(first)) - log(t(second)))
    f = m(first) / (n * t(first) ** n)
    r, r_origin = A * f * t(latitude) ** n, A * f * t(origin) ** n
    theta = n * radians(longitude - 3)
    return x0 + r * sin(theta), y0 + r_origin - r * sqrt(1 - sin(theta) ** 2)


@given(st.sampled_from((2154, *range(3942, 3951))), st.floats(-5, 9.5), st.floats(41.5, 51))
def test_a_projected_point_is_found_again_within_a_centimetre(epsg: int, longitude: float, latitude: float) -> None:
    found = locate(epsg, *project(epsg, longitude, latitude))
    assert found == pytest.approx((longitude, latitude), abs=1e-7)


def test_plane_to_geographic_gives_the_example_of_the_note() -> None:
    """IGN, NTG_71, ALG0004: a cone on another ellipsoid, results in radians to 1e-11."""
    cone = Cone(0.760405966, 11_603_796.9767, 600_000.0, 5_657_616.674, 0.04079234433, 0.0824832568)
    longitude, latitude = (radians(angle) for angle in to_geographic(cone, 1_029_705.083, 272_723.849))
    assert (longitude, latitude) == pytest.approx((0.14551209925, 0.87266462567), abs=1e-11)


def test_the_cone_of_lambert_93_has_the_published_constants() -> None:
    cone = cone_of(2154)
    assert cone.n == pytest.approx(0.7256077650, abs=1e-10)
    assert cone.c_m == pytest.approx(11_754_255.426, abs=1e-3)
    assert (cone.xs_m, cone.ys_m) == pytest.approx((700_000.0, 12_655_612.050), abs=1e-3)


@pytest.mark.parametrize(
    ("epsg", "plane", "degrees_"),
    [
        (2154, (853_570.0, 6_692_180.0), (5.032988139089, 47.312149301593)),
        (2154, (652_709.401, 6_862_305.006), (2.355445962574, 48.859043493790)),
        (3947, (1_853_570.0, 6_211_000.0), (5.022628351876, 47.081119366859)),
    ],
)
def test_points_lie_where_proj_puts_them(epsg: int, plane: tuple[float, float], degrees_: tuple[float, float]) -> None:
    """Values of PROJ by pyproj 3.7.2, to RGF93."""
    assert locate(epsg, *plane) == pytest.approx(degrees_, abs=1e-8)


def test_points_outside_mainland_france_are_refused() -> None:
    for point in ((0.0, 0.0), (6.6e6, 7e5), (47.3, 5.04)):  # nothing, x and y changed over, degrees
        with pytest.raises(NotHereError):
            locate(2154, *point)
    with pytest.raises(NotHereError):
        locate(4326, 652_709.0, 6_862_305.0)
    assert locate(4326, 5.04, 47.3) == (5.04, 47.3)


def test_the_twin_agrees_with_itself_at_the_origin() -> None:
    assert project(2154, 3.0, 46.5) == pytest.approx((7e5, 6.6e6), abs=1e-6)
    assert degrees(2 * atan(exp(0.0)) - pi / 2) == pytest.approx(0.0, abs=1e-12)
