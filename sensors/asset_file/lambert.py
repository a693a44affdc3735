"""Plane coordinates of mainland France to longitude and latitude: Lambert-93 and the nine conical zones.

Lambert conformal conic with two standard parallels on the ellipsoid GRS 80, by the algorithms of IGN's note NTG_71
("Projection cartographique conique conforme de Lambert"): ALG0001 (isometric latitude), ALG0002 (its inverse), ALG0004
(plane to geographic), ALG0019 (parameters of a secant cone). RGF93 and WGS 84 differ by less than a metre, which is
taken as nothing here.
"""

from dataclasses import dataclass
from functools import cache
from math import atan, atan2, cos, degrees, exp, hypot, log, pi, radians, sin, sqrt, tan

SEMI_MAJOR_M = 6_378_137.0  # GRS 80
FLATTENING = 1 / 298.257222101
ECCENTRICITY = sqrt(FLATTENING * (2 - FLATTENING))
MERIDIAN_DEG = 3.0  # of all ten
TOLERANCE_RAD = 1e-12  # under a hundredth of a millimetre

LAMBERT_93 = 2154
ZONES = range(3942, 3951)  # CC42 to CC50
GEOGRAPHIC = frozenset({4326, 4171, 4258})  # WGS 84, RGF93, ETRS89: the same within a metre

# Where mainland France and Corsica lie, with a margin [degrees]
WEST, EAST, SOUTH, NORTH = -6.0, 11.0, 40.5, 52.0


@dataclass(frozen=True, slots=True)
class Cone:
    """A Lambert cone as NTG_71 has it: exponent n, constant c [m], pole (xs, ys) [m], meridian [rad], eccentricity."""

    n: float
    c_m: float
    xs_m: float
    ys_m: float
    meridian_rad: float
    eccentricity: float = ECCENTRICITY


class NotHereError(ValueError):
    """The coordinates do not lie in mainland France."""


def is_known(epsg: int) -> bool:
    """Say whether coordinates of this reference system can be read."""
    return epsg in GEOGRAPHIC or epsg == LAMBERT_93 or epsg in ZONES


def locate(epsg: int, x: float, y: float) -> tuple[float, float]:
    """Give longitude and latitude [degrees, rounded to 1e-8] of a point; (x, y) are east and north.

    Raises
    ------
    NotHereError
        Plane coordinates lie outside mainland France, or angles are none.
    """
    if epsg in GEOGRAPHIC:
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise NotHereError(f"{x:g}, {y:g} are no longitude and latitude in degrees")
        return x, y
    longitude, latitude = to_geographic(cone_of(epsg), x, y)
    if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
        raise NotHereError(f"{x:g}, {y:g} lie outside mainland France in EPSG:{epsg}")
    return round(longitude, 8), round(latitude, 8)


@cache
def cone_of(epsg: int) -> Cone:
    """Give the cone of Lambert-93 or of a zone. Raises LookupError for any other."""
    if epsg == LAMBERT_93:
        return secant_cone(46.5, (44.0, 49.0), 700_000.0, 6_600_000.0)
    if epsg not in ZONES:
        raise LookupError(f"EPSG:{epsg} is not read here")
    parallel = epsg - 3900
    return secant_cone(parallel, (parallel - 0.75, parallel + 0.75), 1_700_000.0, (parallel - 41) * 1e6 + 200_000.0)


def secant_cone(origin_deg: float, parallels_deg: tuple[float, float], x0_m: float, y0_m: float) -> Cone:
    """Give the cone that cuts the ellipsoid at two parallels (ALG0019)."""
    origin, first, second = (radians(angle) for angle in (origin_deg, *parallels_deg))
    radii = [SEMI_MAJOR_M / sqrt(1 - (ECCENTRICITY * sin(angle)) ** 2) * cos(angle) for angle in (first, second)]
    isometric = [isometric_latitude(angle, ECCENTRICITY) for angle in (first, second)]
    n = log(radii[1] / radii[0]) / (isometric[0] - isometric[1])
    c_m = radii[0] / n * exp(n * isometric[0])
    ys_m = y0_m + c_m * exp(-n * isometric_latitude(origin, ECCENTRICITY))
    return Cone(n, c_m, x0_m, ys_m, radians(MERIDIAN_DEG))


def to_geographic(cone: Cone, x: float, y: float) -> tuple[float, float]:
    """Give longitude and latitude [degrees] of plane coordinates [m] (ALG0004)."""
    radius = hypot(x - cone.xs_m, y - cone.ys_m)
    angle = atan2(x - cone.xs_m, cone.ys_m - y)
    if radius == 0:
        raise NotHereError(f"{x:g}, {y:g} are the pole of the projection")
    isometric = -log(radius / cone.c_m) / cone.n
    latitude = latitude_of(isometric, cone.eccentricity)
    return degrees(cone.meridian_rad + angle / cone.n), degrees(latitude)


def isometric_latitude(latitude: float, eccentricity: float) -> float:
    """Give the isometric latitude of a latitude [rad] (ALG0001)."""
    sine = eccentricity * sin(latitude)
    return log(tan(pi / 4 + latitude / 2) * ((1 - sine) / (1 + sine)) ** (eccentricity / 2))


def latitude_of(isometric: float, eccentricity: float) -> float:
    """Give the latitude [rad] of an isometric latitude, by iteration (ALG0002)."""
    latitude = 2 * atan(exp(isometric)) - pi / 2
    for _ in range(50):
        sine = eccentricity * sin(latitude)
        nearer = 2 * atan(((1 + sine) / (1 - sine)) ** (eccentricity / 2) * exp(isometric)) - pi / 2
        if abs(nearer - latitude) < TOLERANCE_RAD:
            return nearer
        latitude = nearer
    return latitude
