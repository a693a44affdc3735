"""Change-point models: found again where drawn, equal to a naive search, simple where nothing speaks for more."""

from itertools import pairwise

import numpy as np
import pytest

from analytics.building.change_point import N_GRID, fill_bank, fit_change_points
from analytics.building.periods import Floats, Periods, is_rest_day, single_days

DAYS = 738_000 + np.arange(365, dtype=np.int64)
WARMTH = 11 - 10 * np.cos(2 * np.pi * np.arange(365) / 365) + np.random.default_rng(1).normal(0, 3, 365)


def year(kwh: Floats, spread: float = 8.0, seed: int = 11) -> Periods:
    return single_days(DAYS, kwh + np.random.default_rng(seed).normal(0, spread, kwh.size), WARMTH)


def heating(below: float, slope: float) -> Floats:
    return np.asarray(slope * np.maximum(0.0, below - WARMTH))


def cooling(above: float, slope: float) -> Floats:
    return np.asarray(slope * np.maximum(0.0, WARMTH - above))


@pytest.mark.parametrize(
    ("kwh", "kind"),
    [
        (np.full(365, 80.0), "base"),
        (80 + heating(15, 6), "heating"),
        (80 + cooling(17, 6), "cooling"),
        (80 + heating(14, 6) + cooling(14, 3), "heating and cooling, one point"),
        (80 + heating(9, 6) + cooling(18, 8), "heating and cooling"),
    ],
)
def test_model_that_was_drawn_is_found_again(kwh: Floats, kind: str) -> None:
    model = fit_change_points(year(kwh))
    assert model.kind == kind
    assert model.base == pytest.approx(80, abs=3)
    assert model.rest is None


def test_parameters_that_were_drawn_are_found_again() -> None:
    model = fit_change_points(year(80 - 30 * is_rest_day(DAYS) + heating(9, 6) + cooling(18, 8)))
    assert model.heating_below == pytest.approx(9, abs=0.8)  # the grid is 0.7 °C wide
    assert model.cooling_above == pytest.approx(18, abs=0.8)
    assert model.heating == pytest.approx(6, rel=0.05)
    assert model.cooling == pytest.approx(8, rel=0.1)
    assert model.rest == pytest.approx(-30, abs=1.5)
    assert model.n_parameters == 6


def test_least_squares_equal_those_of_a_naive_search() -> None:
    """Every pair of change points fitted by itself: the best sum of squares is the one the products gave."""
    periods = year(80 + heating(9, 6) + cooling(18, 8), spread=15.0)
    points = fill_bank(periods).points
    best = np.inf
    for index, below in enumerate(points):
        for above in points[index + 1 :]:
            design = np.stack([np.ones(365), np.maximum(0, below - WARMTH), np.maximum(0, WARMTH - above)], axis=1)
            coefficients, squares, *_ = np.linalg.lstsq(design, periods.kwh, rcond=None)
            if (coefficients > 0).all():
                best = min(best, float(squares[0]))
    model = fit_change_points(periods)
    left = periods.kwh - model.predict(periods)
    assert points.size == N_GRID
    assert model.kind == "heating and cooling"
    assert float(left @ left) == pytest.approx(best, rel=1e-6)


def test_stretches_of_days_give_the_model_of_the_days() -> None:
    """Bills of about a month of the same meter: the same levels, as far as a year of bills can tell."""
    days = year(80 + heating(15, 6), spread=1.0)
    edges = np.linspace(0, 365, 13).astype(int)
    owner = np.repeat(np.arange(12), np.diff(edges))
    kwh = np.array([days.kwh[begin:end].sum() for begin, end in pairwise(edges.tolist())])
    model = fit_change_points(Periods(kwh, owner, DAYS, WARMTH))
    assert model.kind == "heating"
    assert model.rest is None
    assert model.heating == pytest.approx(6, rel=0.1)
    assert float(model.predict(days).sum()) == pytest.approx(float(kwh.sum()), rel=0.01)


def test_jacobian_is_the_slope_of_the_prediction() -> None:
    """Each column against a small step of its parameter."""
    from dataclasses import replace

    periods = year(80 + heating(9, 6) + cooling(18, 8))
    model = fit_change_points(periods)
    jacobian = model.jacobian(periods)
    names = ("base", "heating", "cooling", "heating_below", "cooling_above")
    assert jacobian.shape == (365, len(names))
    for column, name in zip(jacobian.T, names, strict=True):
        step = 1e-6
        moved = replace(model, **{name: getattr(model, name) + step})
        slope = (moved.predict(periods) - model.predict(periods)) / step
        assert slope == pytest.approx(column, abs=1e-4)


def test_slopes_that_would_gain_energy_are_not_taken() -> None:
    """Use that rises as it grows warmer is no heating."""
    model = fit_change_points(year(80 + cooling(5, 3)))
    assert model.heating is None
    assert model.cooling == pytest.approx(3, rel=0.05)


def test_gas_does_not_cool() -> None:
    model = fit_change_points(year(80 + heating(9, 6) + cooling(18, 8)), may_cool=False)
    assert model.kind == "heating"
