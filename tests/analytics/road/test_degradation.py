"""Degradation curves of roads: growth and year found again, honest intervals, monotone, works restart the clock."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.road.degradation import (
    HORIZON_YEARS,
    KINDS,
    Curve,
    Floats,
    band,
    chance_met,
    fit_curve,
    learn_kind,
    limit_of,
    since_renewal,
    years_met,
)

KIND = replace(KINDS["roughness"], growth=0.05, doubt=0.015)  # hardly any section that does not wear at all


def surveys(rng: np.random.Generator, growth: float, new: float, n: int) -> tuple[Floats, Floats]:
    """Yearly surveys of a section that is resurfaced in year 0."""
    years = np.arange(1.0, n + 1)
    return years, np.asarray(new * np.exp(growth * years + rng.normal(0, KIND.error, n)))


def sections(seed: int, n: int, n_surveys: int) -> list[tuple[float, float, Floats, Floats]]:
    """Sections drawn from the family: growth, new level, years, levels."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(n):
        growth = max(0.005, rng.normal(KIND.growth, KIND.doubt))
        new = KIND.new * np.exp(rng.normal(0, KIND.spread))
        drawn.append((growth, float(new), *surveys(rng, growth, new, n_surveys)))
    return drawn


def met_at(growth: float, new: float) -> float:
    return float(np.log(KIND.limit / new) / growth)


@pytest.mark.parametrize("n_surveys", [2, 5, 10])
def test_true_year_lies_within_the_interval_as_often_as_it_says(n_surveys: int) -> None:
    """Nine in ten, over all sections of the family: those not yet past the limit alone would be chosen by truth."""
    inside = []
    for growth, new, years, levels in sections(11, 1000, n_surveys):
        curve = fit_curve(years, levels, KIND, born=0.0)
        chance = chance_met(curve, KIND.limit, np.array([met_at(growth, new)]))[0]
        inside.append(0.05 <= chance <= 0.95)
    assert 0.86 < np.mean(inside) < 0.94


def test_more_surveys_make_the_interval_narrower_and_the_error_smaller() -> None:
    widths, errors = {}, {}
    for n in (1, 4, 12):
        bands = [band(fit_curve(y, v, KIND, born=0.0), np.array([15.0]))[:, 0] for _, _, y, v in sections(12, 200, n)]
        truth = [new * np.exp(growth * 15) for growth, new, _, _ in sections(12, 200, n)]
        widths[n] = float(np.median([np.log(high / low) for low, _, high in bands]))
        errors[n] = float(np.median([abs(np.log(b[1] / t)) for b, t in zip(bands, truth, strict=True)]))
    assert widths[1] > widths[4] > widths[12]
    assert errors[1] > errors[4] > errors[12]


def test_section_without_surveys_has_its_familys_curve() -> None:
    curve = fit_curve(np.empty(0), np.empty(0), KIND, born=3.0)
    assert curve.n_surveys == 0
    assert band(curve, np.array([3.0]))[1, 0] == pytest.approx(KIND.new)
    _, middle, _ = years_met(curve, KIND.limit, 3.0)
    assert middle == pytest.approx(3 + met_at(KIND.growth, KIND.new), abs=0.1)


def test_curve_never_falls_even_where_surveys_do() -> None:
    years = np.arange(8.0)
    curve = fit_curve(years, 2.5 * np.exp(-0.05 * years), KIND)
    later = np.linspace(0, 30, 200)
    assert (np.diff(band(curve, later), axis=1) >= 0).all()
    assert (np.diff(chance_met(curve, KIND.limit, later)) >= 0).all()


def test_smooth_slow_road_is_not_met_within_the_horizon_and_a_rough_one_is_met_now() -> None:
    still = Curve(np.array([np.log(0.8), 0.001]), np.diag([1e-4, 1e-8]), 0.0, 20)
    assert years_met(still, KIND.limit, 5.0) == (None, None, None)
    rough = Curve(np.array([np.log(5.0), 0.03]), np.diag([1e-4, 1e-8]), 0.0, 20)
    assert years_met(rough, KIND.limit, 5.0) == (5.0, 5.0, 5.0)
    assert HORIZON_YEARS > 30


def test_works_restart_the_clock_and_a_single_odd_survey_does_not() -> None:
    assert since_renewal(np.array([2.0, 2.1, 2.2, 1.1, 1.15, 1.2])) == slice(3, None)
    assert since_renewal(np.array([2.0, 2.1, 1.4, 2.2, 2.3, 2.4])) == slice(0, None)
    assert since_renewal(np.array([2.0])) == slice(0, None)


def test_family_learns_its_growth_from_its_sections_and_not_from_a_few() -> None:
    rng = np.random.default_rng(4)
    fast = [surveys(rng, max(0.0, rng.normal(0.09, 0.02)), 1.3, 6) for _ in range(60)]
    learnt, n = learn_kind(KIND, fast)
    assert n == 60
    assert learnt.growth == pytest.approx(0.09, abs=0.01)
    assert 0.01 < learnt.doubt < 0.03
    assert learn_kind(KIND, fast[:5]) == (KIND, 0)


def test_slow_streets_may_be_rougher() -> None:
    assert limit_of("roughness", 50) > limit_of("roughness", None) == limit_of("roughness", 80) == KIND.limit
    assert limit_of("rut_depth", 30) == KINDS["rut_depth"].limit
