"""Health against truth, on a small town made by hand: how early, how rightly, how well calibrated."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from bench.evaluation.health import Docket, HealthJudged, Telling, calibration_error, figures, judge
from simulators.truth import TrueEpisode
from tests.bench.test_matching import DAY, N_DAYS, START, a_truth, an_episode

TYPES = {"pump-1": "pump", "pump-2": "pump"}
LOW, HIGH = (0.01, 0.02, 0.05), (0.3, 0.7, 0.8)


def worn(start_day: float, days: float = 5, signs_days: float = 20, asset: str = "pump-1") -> TrueEpisode:
    precursor_at = START + (start_day - signs_days) * DAY
    return an_episode("pump_bearing", asset, start_day, days, precursor_at=precursor_at)


def telling(day: float, told: tuple[float, float, float]) -> Telling:
    return Telling(START + day * DAY, told[1], told)


def judged(*episodes: TrueEpisode, announced: Sequence[tuple[float, float]] = (), seed: int = 1) -> HealthJudged:
    """Judge a town of eight weeks in which the first pump is announced between these days, told every midnight."""
    spells = [telling(at, told) for begin, end in announced for at, told in ((begin, HIGH), (end, LOW))]
    tellings = {"pump-1": [telling(0, LOW), *spells], "pump-2": [telling(0, LOW)]}
    instants = [START + day * DAY for day in range(N_DAYS + 1)]
    return judge(seed, Docket(tellings, TYPES, instants, a_truth(*episodes)))


def test_announced_ten_days_ahead_is_a_week_ahead_and_right() -> None:
    one = judged(worn(40), announced=[(30, 46)])
    assert [(case.kind, case.lead_d, case.by_chance) for case in one.foretold] == [("pump_bearing", 10.0, 0.0)]
    assert (one.n_announced, one.n_right) == (1, 1)
    rows = {row.name: row for row in figures([one])}
    assert (rows["health.announced_7d"].value, rows["health.announced_7d"].met) == (1.0, True)
    assert (rows["health.lead_median.pump_bearing"].value, rows["health.precision"].value) == (10.0, 1.0)


def test_announced_five_days_ahead_or_never_is_missed() -> None:
    rows = {row.name: row for row in figures([judged(worn(40), announced=[(35, 46)]), judged(worn(40))])}
    assert (rows["health.announced_7d"].value, rows["health.announced_7d"].met) == (0.0, False)
    assert (rows["health.lead_median"].value, rows["health.lead_median"].n) == (5.0, 1)


def test_failures_with_two_weeks_of_signs_are_a_figure_of_their_own() -> None:
    towns = [judged(worn(40, signs_days=9)), judged(worn(40, signs_days=20), announced=[(30, 46)])]
    rows = {row.name: row for row in figures(towns)}
    assert (rows["health.announced_7d"].value, rows["health.announced_7d"].n) == (0.5, 2)
    assert (rows["health.announced_7d.long_signs"].value, rows["health.announced_7d.long_signs"].n) == (1.0, 1)


def test_announced_before_any_sign_is_a_false_alarm_that_counts_for_the_lead_only_while_it_lasts() -> None:
    one = judged(worn(40), announced=[(5, 10)])
    assert (one.n_announced, one.n_right) == (1, 0)
    assert one.foretold[0].lead_d is None


def test_failures_without_a_week_of_signs_or_of_arrival_are_not_asked_for() -> None:
    assert judged(worn(40, signs_days=5)).foretold == ()
    late = an_episode("late_batch", "pump-1", 40, 1, precursor_at=START + 20 * DAY)
    assert judged(late).foretold == ()


def test_probabilities_are_compared_with_what_came() -> None:
    """A failure on day 40 for five days: within 7 days of days 33 to 44, so 12 of 50 days come true for one pump."""
    one = judged(worn(40))
    week = [found for found in one.outcomes if found.place == 1]
    assert [(found.told, found.n, found.n_failed, found.n_failures) for found in week] == [(0.01, 100, 12, 1)]
    error, n = calibration_error(one.outcomes, 1)
    assert (round(error, 9), n) == (0.11, 100)
    assert calibration_error(one.outcomes, 3) == (0.0, 0)  # eight weeks are shorter than 90 days
    assert "health.calibration_error_90" not in {row.name for row in figures([one])}


def test_towns_are_calibrated_by_the_others_once_enough_failed_there() -> None:
    """Twenty-five towns alike: what is told of each is what came in the others."""
    towns = [judged(worn(40), seed=seed) for seed in range(25)]
    rows = {row.name: row for row in figures(towns)}
    assert rows["health.calibration_error_7"].value == pytest.approx(0, abs=1e-9)
    assert rows["health.calibration_error_7"].reference == pytest.approx(0.11)
    few = {row.name: row for row in figures(towns[:5])}
    assert few["health.calibration_error_7"].value == few["health.calibration_error_7"].reference
    assert all(one <= other for one, other in pairwise(found.told for found in towns[0].outcomes if found.place == 1))
    assert rows["health.days"].value == timedelta(days=N_DAYS).days
