"""Lifts by their counts: due before the limit, doors that try again, nothing without a stated limit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.lift.count import LEAST_DAYS, use_of
from analytics.maintenance import Span, Verdict, lift_wear
from analytics.rotating.wear import Floats
from store.counter_days import CounterDays

START = datetime(2025, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 100


def days_s(n: int = N_DAYS) -> Floats:
    return START.timestamp() + 86_400.0 * np.arange(n)


def working_days(pace: float, n: int = N_DAYS, seed: int = 1) -> Floats:
    """So many runs on each working day, none at weekends."""
    draws: Floats = np.random.default_rng(seed).poisson(pace, n).astype(np.float64)
    draws[np.arange(n) % 7 >= 5] = 0.0
    return draws


def a_lift(runs: Floats, doors: Floats, attributes: Mapping[str, Any] | None = None) -> list[CounterDays]:
    about = {**(attributes or {})}
    full = np.full(runs.size, 86_400.0)
    pairs = (("run_count", runs), ("door_cycle_count", doors))
    return [
        CounterDays(n, 1, "Ascenseur", about, name, days_s(runs.size), counts, full)
        for n, (name, counts) in enumerate(pairs)
    ]


def tell(rows: list[CounterDays], n: int = N_DAYS) -> list[Verdict]:
    ends = tuple(START + DAY * (i + 1) for i in range(n))
    return lift_wear.tell(rows, Span(START, ends[-1], "UTC", ends))


def test_limit_is_announced_a_month_ahead_and_falls_within_its_interval() -> None:
    runs = working_days(200.0, 400)
    limit = float(runs[:300].sum())
    told = tell(a_lift(runs, 2.2 * runs, {"overhauled_on": "2025-01-06", "runs_to_overhaul": limit}), 320)
    first = next(verdict for verdict in told if verdict.is_present)
    ahead = (START + 300 * DAY - first.at) / DAY
    assert 25 <= ahead <= 35
    assert first.evidence is not None
    left = first.evidence["days_left"]
    assert left["early"] <= ahead <= left["late"]
    assert first.evidence["guessed_share"] < 0.01


def test_days_before_counting_began_are_estimated_and_said_to_be() -> None:
    full = np.full(N_DAYS, 100.0)
    until_s = days_s()[-1] + 86_400
    use = use_of(days_s(), full, START.timestamp() - 100 * 86_400, until_s, 30_000)
    assert use is not None
    assert (use.counted, use.guessed_share, use.days_left) == pytest.approx((20_000, 0.5, 100))
    assert use.days_early < 100 < use.days_late


def test_overhaul_restarts_the_count() -> None:
    runs = working_days(200.0)
    about = {"installed_on": "2015-01-01", "runs_to_overhaul": 50_000}
    worn, fresh = a_lift(runs, 2.2 * runs, about), a_lift(runs, 2.2 * runs, {**about, "overhauled_on": "2025-02-01"})
    assert tell(worn)[-1].is_present is True
    assert tell(fresh)[-1].is_present is False
    replaced = a_lift(runs, 2.2 * runs, {**about, "overhauled_on": "2015-06-01", "installed_on": "2025-02-01"})
    assert tell(replaced)[-1].is_present is False


def test_overhaul_of_yesterday_ends_what_was_told_by_runs_alone() -> None:
    runs = working_days(200.0)
    about = {"installed_on": "2015-01-01", "runs_to_overhaul": 50_000}
    row = a_lift(runs, runs, about)[0]
    assert tell([row])[-1].is_present is True
    done_on = (START + (N_DAYS - 2) * DAY).date().isoformat()
    assert tell([replace(row, attributes={**about, "overhauled_on": done_on})])[-1].is_present is False


def test_without_a_stated_limit_nothing_is_said_of_counts() -> None:
    runs = working_days(5000.0)
    assert not [
        verdict for verdict in tell(a_lift(runs, 2.2 * runs, {"installed_on": "1990-01-01"})) if verdict.is_present
    ]


@pytest.mark.parametrize("seed", range(5))
def test_doors_that_try_again_are_told_within_days_and_ordinary_ones_never(seed: int) -> None:
    runs = working_days(150.0, seed=seed)
    scatter = np.random.default_rng(seed).normal(2.2, 0.06, N_DAYS)
    tries = np.where(np.arange(N_DAYS) >= 70, 1.5, 1.0)
    assert not [verdict for verdict in tell(a_lift(runs, scatter * runs)) if verdict.is_present]
    told = [verdict for verdict in tell(a_lift(runs, tries * scatter * runs)) if verdict.is_present]
    assert START + 72 * DAY < told[0].at < START + 80 * DAY
    assert told[0].score == pytest.approx(0.5, abs=0.1)


def test_doors_that_are_told_stay_so_while_nothing_is_counted_of_them() -> None:
    """The counter of runs goes on, far from its limit, that of the doors falls silent."""
    runs = working_days(150.0)
    doors = np.where(np.arange(N_DAYS) >= 60, 3.6, 2.2) * runs
    rows = a_lift(runs, doors, {"overhauled_on": "2025-01-06", "runs_to_overhaul": 1_000_000})
    rows[1] = replace(rows[1], begins_s=days_s(80), increases=doors[:80], spans_s=rows[1].spans_s[:80])
    verdicts = tell(rows)
    first = next(verdict.at for verdict in verdicts if verdict.is_present)
    assert {verdict.is_present for verdict in verdicts if verdict.at > first} == {True, None}


def test_lift_that_stands_still_or_is_new_is_not_judged() -> None:
    still = np.zeros(N_DAYS)
    about = {"installed_on": "2015-01-01", "runs_to_overhaul": 50_000}
    assert {verdict.is_present for verdict in tell(a_lift(still, still, about))} == {None}
    runs = working_days(200.0, LEAST_DAYS - 5)
    assert {verdict.is_present for verdict in tell(a_lift(runs, runs, about), LEAST_DAYS - 5)} == {None}
