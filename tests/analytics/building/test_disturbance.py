"""What disturbances leave open, and lasting changes that are found."""

import numpy as np
import pytest

from analytics.building.break_point import find_break
from analytics.building.model import fit_days, predict_days
from analytics.building.periods import single_days
from analytics.building.quality import correlation, guideline_half_width, independent, judge
from analytics.evaluate.savings_truth import autoregression, draw_meter

DAYS = 738_000 + np.arange(365, dtype=np.int64)


def test_quality_of_a_fit_known_by_hand() -> None:
    kwh = np.array([10.0, 12.0, 14.0, 16.0])
    fitted = np.array([11.0, 11.0, 15.0, 15.0])
    quality = judge(kwh, fitted, np.arange(4), 2)
    assert quality.cv_rmse == pytest.approx(np.sqrt(4 / 2) / 13)
    assert quality.nmbe == pytest.approx(0)
    assert quality.r_squared == pytest.approx(1 - 4 / 20)
    assert quality.correlation == 0.0  # residuals that alternate do not hang together


def test_correlation_leaves_out_neighbours_across_a_gap() -> None:
    """Two steady halves of opposite sign: neighbours agree, the pair across the gap is none."""
    left = np.array([1.0, 1, 1, -1, -1, -1])
    assert correlation(left, np.array([0, 1, 2, 300, 301, 302])) == 0.99
    assert correlation(left, np.arange(6)) == pytest.approx((4 - 1) / 5)
    assert independent(100, 0.5) == pytest.approx(100 / 3)


def test_nothing_unexplained_leaves_nothing_open() -> None:
    periods = single_days(DAYS, np.full(365, 50.0), np.linspace(-5, 25, 365))
    baseline = fit_days(periods)
    said = predict_days(baseline, periods)
    assert said.kwh == pytest.approx(365 * 50)
    assert said.standard_error == pytest.approx(0, abs=1e-3)


def test_interval_is_wider_where_disturbances_last() -> None:
    """The same spread, once day by day and once for weeks: Guideline 14 sees some of it, the interval more."""
    warmth = 11 - 10 * np.cos(2 * np.pi * np.arange(365) / 365)
    widths = []
    for memory in (0.0, 0.97):
        draws = np.random.default_rng(4)
        kwh = 100 + 5 * np.maximum(0, 15 - warmth) + 10 * autoregression(draws, 365, memory)
        baseline = fit_days(single_days(DAYS, kwh, warmth))
        said = predict_days(baseline, single_days(DAYS + 365, kwh, warmth))
        own = said.half_width / said.kwh
        widths.append((own, guideline_half_width(baseline.quality, 365, 365)))
    assert widths[1][0] > 3 * widths[0][0]
    assert widths[0][0] < 2.5 * widths[0][1]


def test_intervals_of_drawn_meters_cover_the_truth() -> None:
    """Thirty of the two hundred that `vigie evaluate savings` draws: at least 24 covered, 27 expected."""
    draws = np.random.default_rng(77)
    covered = 0
    for _ in range(30):
        meter = draw_meter(draws)
        baseline = fit_days(meter.before)
        said = predict_days(baseline, meter.after)
        half = said.half_width
        covered += abs(said.kwh - meter.would_have_been.sum()) <= half
    assert covered >= 24


@pytest.mark.parametrize(("shift", "at"), [(0.2, 200), (-0.15, 100)])
def test_lasting_change_is_found_with_its_day(shift: float, at: int) -> None:
    draws = np.random.default_rng(5)
    said = 100 + 40 * np.cos(2 * np.pi * np.arange(365) / 365)
    kwh = said + shift * 100 * (np.arange(365) >= at) + 8 * autoregression(draws, 365, 0.5)
    change = find_break(DAYS, kwh, said)
    assert change is not None
    assert change.day - DAYS[0] == pytest.approx(at, abs=7)
    assert change.shift == pytest.approx(shift, abs=0.04)


def test_no_change_is_seldom_found() -> None:
    """Two hundred steady years, disturbed for days: Andrews' one per cent, with room for what an AR(1) leaves."""
    draws = np.random.default_rng(6)
    said = np.full(365, 100.0)
    found = sum(find_break(DAYS, said + 15 * autoregression(draws, 365, 0.6), said) is not None for _ in range(200))
    assert found <= 8


def test_too_short_a_time_shows_no_change() -> None:
    said = np.full(50, 100.0)
    assert find_break(DAYS[:50], said * np.where(np.arange(50) > 25, 2, 1), said) is None
