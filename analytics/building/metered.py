"""One meter's days out of what its series say: replaced meters joined, what cannot be trusted left out and counted.

- Series of one asset that speak at the same time are added up, on days on which all of them speak. One that begins
about
  when another ends is the same meter, replaced: they follow one another, and days on which both spoke are left out.
- A day with a reset is left out, for nobody knows what was counted before it, and a new meter may begin anywhere. So is
  a day whose amount is negative.
- A counter goes on while its gateway is silent: days that only their successor accounts for are joined to one stretch
  (`analytics.baseline.nights.join_days`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from analytics.baseline.nights import TOLERANCE_S, Counted, join_days, length_s
from analytics.building.periods import Periods
from store.baseline import MeteredDay
from store.building import UsedDay

DAY = timedelta(days=1)
MIDNIGHT = time(0)
HANDOVER = timedelta(days=1)
LONGEST_CHANGE = timedelta(days=60)  # between the end of a meter and the begin of the one in its place


@dataclass(frozen=True, slots=True)
class Metered:
    """The days of one meter [kW.h], in order, and how many were left out for what reason."""

    days: tuple[MeteredDay, ...]
    n_negative: int
    n_resets: int
    replaced_on: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches between two days that meter and weather account for; `known` are their days."""

    periods: Periods
    known: frozenset[date]


def read_meter(rows: Sequence[UsedDay], to_kwh: float) -> Metered:
    """Join the series of one asset and energy, each unit of them worth `to_kwh`."""
    by_series: dict[int, list[date]] = {}
    by_day: dict[date, list[UsedDay]] = {}
    for row in rows:
        by_series.setdefault(row.series_id, []).append(row.day)
        if row.amount >= 0 and row.n_resets == 0:
            by_day.setdefault(row.day, []).append(row)
    spoken = {series: (min(days), max(days)) for series, days in by_series.items()}
    follower = find_followers(spoken)
    owed = owed_spans(spoken, follower)
    handed = {day for series in follower for day in days_from(spoken[follower[series]][0], spoken[series][1])}
    days = [
        add_up(own, to_kwh)
        for day, own in sorted(by_day.items())
        if day not in handed and len(own) == sum(first <= day <= last for first, last in owed)
    ]
    return Metered(
        days=tuple(days),
        n_negative=sum(row.amount < 0 for row in rows),
        n_resets=sum(row.n_resets > 0 for row in rows),
        replaced_on=tuple(sorted(spoken[series][0] for series in follower.values())),
    )


def find_followers(spoken: Mapping[int, tuple[date, date]]) -> dict[int, int]:
    """Say which series took the place of which: the first that begins about when it ends, and is not taken yet.

    One that begins later follows too where no series spoke in between, as where nobody read that time.
    """
    followers: dict[int, int] = {}
    for series, (_, last) in sorted(spoken.items(), key=lambda item: item[1]):
        later = [
            (first, other)
            for other, (first, _) in spoken.items()
            if other not in followers.values() and other != series and first >= last - HANDOVER
        ]
        if later and (min(later)[0] <= last + LONGEST_CHANGE or is_silent(spoken, last, min(later)[0])):
            followers[series] = min(later)[1]
    return followers


def is_silent(spoken: Mapping[int, tuple[date, date]], last: date, first: date) -> bool:
    """Say whether no series spoke between two days."""
    return not any(begin < first and end > last for begin, end in spoken.values())


def owed_spans(spoken: Mapping[int, tuple[date, date]], follower: Mapping[int, int]) -> list[tuple[date, date]]:
    """Give the days on which each series ought to speak: one that fell silent, or came later, is missing then."""
    earliest = min((first for first, _ in spoken.values()), default=date.max)
    latest = max((last for _, last in spoken.values()), default=date.min)
    return [
        (first if series in follower.values() else earliest, last if series in follower else latest)
        for series, (first, last) in spoken.items()
    ]


def days_from(first: date, last: date) -> list[date]:
    """Give the days from the first to the last."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def add_up(rows: Sequence[UsedDay], to_kwh: float) -> MeteredDay:
    """Add up the series of one day; it is accounted for as far as the one that says least."""
    first = rows[0]
    kwh = to_kwh * sum(row.amount for row in rows)
    return MeteredDay(first.asset_id, 0, first.day, kwh, 0.0, min(row.span_s for row in rows), 0)


def stretches_between(
    metered: Metered, warmth: Mapping[date, float], span: tuple[date, date], time_zone: str
) -> Stretches | None:
    """Give the stretches from the first day to the one before the end; None where there is none.

    Parameters
    ----------
    warmth
        Mean outdoor temperature of each day that is known [°C].
    """
    own = [row for row in metered.days if span[0] <= row.day < span[1]]
    groups = group_days(own, time_zone)
    groups = [group for group in groups if all(day in warmth for day, _ in group)]
    if not groups:
        return None
    days = [day for group in groups for day, _ in group]
    periods = Periods(
        kwh=np.array([sum(row.increase for _, row in group if row) for group in groups]),
        owner=np.repeat(np.arange(len(groups)), [len(group) for group in groups]),
        days=np.array([day.toordinal() for day in days], dtype=np.int64),
        temperature=np.array([warmth[day] for day in days]),
    )
    return Stretches(periods, frozenset(days))


def group_days(rows: Sequence[MeteredDay], time_zone: str) -> list[list[Counted]]:
    """Group days into stretches; where each stands for itself, which is mostly so, nothing has to be joined."""
    if all(abs(length_s(row.day, MIDNIGHT, time_zone) - row.span_s) <= TOLERANCE_S for row in rows):
        return [[(row.day, row)] for row in rows]
    return join_days(rows, lambda day: length_s(day, MIDNIGHT, time_zone))
