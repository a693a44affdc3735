"""Runs of lamps, and how many hours each has burned: counted where a counter tells, else assumed.

A run begins when a lamp was installed (`installed_on`), a week after the failure before it, else when it was entered.
It ends with a failure that technicians confirmed, with another lamp in its place, or its retirement. Another lamp
within sixty days of a failure was put there for it, and is no end of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from analytics.incidents.kinds import DRIVER
from store.inputs import Connection
from store.lamp_lives import Lamp, LampCount, LampRun, read_lamp_counts, read_lamp_failures, read_lamps

YEAR_D = 365.25
ASSUMED_A_DAY = 4_100 / YEAR_D  # a lamp that burns by the sun in France [h/d] (`analytics.lighting.duty`)
REPAIRED, REPLACED = timedelta(days=7), timedelta(days=60)  # after a failure
DARK = frozenset({"dead_lamp"})  # these tell of a lamp that has failed
LEAST_READ = 0.25  # of the hours expected before it was counted: a counter that read less began after its lamp
SHORTEST_H = 1.0  # a run of less says nothing
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LampLife:
    """Hours of a lamp [h]: from which on it was seen alive, and at which it ended or is now; hours a day [h/d].

    `batch` names those of its model that were installed in its year in its territory; None: that is not known.
    `is_assumed`: a quarter of its hours and more were not counted.
    """

    asset_id: int
    slug: str
    model: str
    batch: str | None
    seen_from_h: float
    hours: float
    a_day: float
    is_ended: bool
    is_assumed: bool
    watched_from: datetime | None = None


def read_lamp_lives(connection: Connection, territory_id: int | None, at: datetime) -> list[LampLife]:
    """Read the lives of the lamps of a territory and those below it, or of all, as known at an instant."""
    failures = read_lamp_failures(connection, at, sorted(DRIVER), sorted(DARK))
    lamps = read_lamps(connection, territory_id, at)
    runs = [run for lamp in lamps for run in runs_of(lamp, failures.get(lamp.asset_id, ()), at)]
    counts: dict[int, list[LampCount]] = {}
    for count in read_lamp_counts(connection, runs):
        counts.setdefault(count.run, []).append(count)
    lives = [life_of(run, counts.get(index, ())) for index, run in enumerate(runs)]
    return [life for life in lives if life.hours >= SHORTEST_H or not life.is_ended]


def runs_of(lamp: Lamp, failures: Sequence[datetime], at: datetime) -> list[LampRun]:
    """Part the time of a place among the lamps that were in it, in order; the last goes on unless it was retired."""
    last_at = lamp.retired_at or at
    first_at = max((one for one in lamp.installed if one <= lamp.created_at + DAY), default=None)
    new = [(one, False) for one in lamp.installed if one > lamp.created_at + DAY]
    run = LampRun(
        lamp, first_at or lamp.created_at, last_at, lamp.retired_at is not None, first_at, first_at is not None
    )
    runs: list[LampRun] = []
    failed_at: datetime | None = None
    ends = [(one, True) for one in failures if one < last_at] + new
    for ends_at, is_failure in sorted(ends, key=lambda end: end[0] if end[1] else end[0] + DAY):  # a date is a day long
        is_same = failed_at is not None and ends_at - failed_at < (REPAIRED if is_failure else REPLACED)
        if ends_at > run.begins_at and not is_same:
            runs.append(replace(run, ends_at=ends_at, is_ended=True))
        if is_failure and not is_same:
            failed_at, run = ends_at, replace(run, begins_at=ends_at + REPAIRED, installed_at=None, is_dated=True)
        if not is_failure:
            run = replace(run, begins_at=ends_at, installed_at=ends_at, is_dated=True)
    return [*runs, run] if run.begins_at < last_at else runs


def life_of(run: LampRun, counts: Sequence[LampCount]) -> LampLife:
    """Add up the hours of a run: what its counters counted, what the first of them read before, and for the days that
    nobody counted its own hours a day."""
    age_d = days_between(run.begins_at, run.ends_at)
    counted_h, counted_d = sum(one.hours for one in counts), sum(one.days for one in counts)
    a_day = hours_a_day(sum(one.year_hours for one in counts), sum(one.year_days for one in counts))
    before_h = read_before(run, counts[0], a_day) if counts else None
    before_d = max(days_between(run.begins_at, counts[0].begins_at), 0.0) if counts and before_h is not None else 0.0
    assumed_h = a_day * max(age_d - counted_d - before_d, 0.0)
    hours = (before_h or 0.0) + counted_h + assumed_h
    seen_d = max(days_between(run.begins_at, run.lamp.created_at), 0.0)
    return LampLife(
        asset_id=run.lamp.asset_id,
        slug=run.lamp.slug,
        model=run.lamp.model,
        batch=batch_of(run),
        seen_from_h=hours * min(seen_d / age_d, 1.0) if run.is_dated else before_h or 0.0,
        hours=hours,
        a_day=a_day,
        is_ended=run.is_ended,
        is_assumed=4 * assumed_h >= hours,
        watched_from=max(run.begins_at, run.lamp.created_at),
    )


def read_before(run: LampRun, count: LampCount, a_day: float) -> float | None:
    """Give what the counter read when the platform began to count, if those are hours of this lamp; else None.

    Of a lamp whose beginning is known it may read no more than there was time for, and not much less than expected.
    """
    if count.read_h is None or not run.is_dated:
        return count.read_h
    days = days_between(run.begins_at, count.begins_at)
    return count.read_h if LEAST_READ * a_day * days <= count.read_h <= 24 * days else None


def hours_a_day(hours: float, days: float) -> float:
    """Give the hours a day over the last year; of the days that were not counted the assumed ones."""
    return (hours + ASSUMED_A_DAY * max(YEAR_D - days, 0.0)) / max(days, YEAR_D)


def batch_of(run: LampRun) -> str | None:
    """Name the lamps of its model that were installed in its year in its territory; None where that is not known."""
    if run.installed_at is None:
        return None
    return f"{run.lamp.territory_id} {run.lamp.model} {run.installed_at.year}"


def days_between(begins_at: datetime, ends_at: datetime) -> float:
    """Give the days from an instant to another, below 0 where it lies before."""
    return (ends_at - begins_at) / DAY


def running_by_asset(lives: Sequence[LampLife]) -> Mapping[int, LampLife]:
    """Give the lamps that are there by number."""
    return {life.asset_id: life for life in lives if not life.is_ended}
