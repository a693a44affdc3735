"""Periods in which KPIs are told: civil days, nights from noon to noon, months, in the territory's time zone.

KPIs of the rhythms "month" and "month_of_nights" are told for months alone, since a day says too little about them;
the latter's months go from noon to noon.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Rhythm = Literal["day", "night", "month", "month_of_nights"]
BEGIN_BY_RHYTHM: dict[Rhythm, time] = {
    "day": time(0),
    "night": time(12),
    "month": time(0),
    "month_of_nights": time(12),
}


@dataclass(frozen=True, slots=True)
class Period:
    """An interval whose end is not part of it, both ends in UTC."""

    begins_at: datetime
    ends_at: datetime
    kind: Literal["day", "night", "month"]


def periods_of(day_at: datetime, time_zone: str, rhythm: Rhythm, until: datetime) -> list[Period]:
    """Give the periods to tell anew when a civil day has changed: those that touch it and end at or before `until`.

    The first of a month brings the month before with it, in case that month's last day said nothing.

    Parameters
    ----------
    day_at
        Any instant of the day.
    """
    zone = ZoneInfo(time_zone)
    day = day_at.astimezone(zone).date()
    before = day - timedelta(days=1)
    periods: list[Period] = []
    if rhythm == "day" or rhythm == "night":
        days = [before, day] if rhythm == "night" else [day]
        periods = [Period(begin(d, rhythm, zone), begin(d + timedelta(days=1), rhythm, zone), rhythm) for d in days]
    for first in sorted({day.replace(day=1), before.replace(day=1)}):
        following = (first + timedelta(days=31)).replace(day=1)
        periods.append(Period(begin(first, rhythm, zone), begin(following, rhythm, zone), "month"))
    return [period for period in periods if period.ends_at <= until]


def with_following_months(periods: list[Period], time_zone: str, n_months: int, until: datetime) -> list[Period]:
    """Add to months so many that follow each, as far as they end at or before `until`."""
    zone = ZoneInfo(time_zone)
    found = set(periods)
    for last in periods:
        for _ in range(n_months):
            first = (last.ends_at.astimezone(zone) + timedelta(days=31)).replace(day=1)
            last = Period(last.ends_at, first.astimezone(UTC), "month")
            if last.ends_at > until:
                break
            found.add(last)
    return sorted(found, key=lambda period: period.begins_at)


def begin(day: date, rhythm: Rhythm, zone: ZoneInfo) -> datetime:
    """Give the instant at which a civil day, or the night that begins on it, begins."""
    return datetime.combine(day, BEGIN_BY_RHYTHM[rhythm], zone).astimezone(UTC)


def civil_days(begins_at: datetime, ends_at: datetime, time_zone: str) -> tuple[date, ...]:
    """Give the civil days of a period that goes from midnight to midnight."""
    first, end = (at.astimezone(ZoneInfo(time_zone)).date() for at in (begins_at, ends_at))
    return tuple(first + timedelta(days=n) for n in range((end - first).days))


def same_day(day: date, first: date, end: date) -> date | None:
    """Give the same calendar day of a year before, from `first` to before `end`, or one beside it; else None.

    Of 29 February it is the 28th. A baseline of a whole year that holds a 29 February lacks one calendar day: the one
    beside it stands for that.
    """
    for near in (day, day - timedelta(days=1), day + timedelta(days=1)):
        for year in range(near.year, first.year - 1, -1):
            past = near.replace(year=year, day=28) if (near.month, near.day) == (2, 29) else near.replace(year=year)
            if first <= past < end:
                return past
    return None
