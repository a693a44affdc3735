"""What lamps owe: minute by minute whether it is dark at a place, and what the commune's hours leave of the light.

It is dark while the sun stands lower than a depression; at 3 degrees that makes about 4,100 hours a year in France. A
lamp burns at the lowest level that any of its hours leaves: 0 is an order to switch off, between 0 and 1 it is dimmed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.baseline.nights import Place, sun_down
from store.baseline import ScheduledHours

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PER_HOUR = 60
SUNSET_DEG = 0.833
KINDS = ("switch_off", "dimming")


@dataclass(frozen=True, slots=True)
class Clock:
    """The minutes of a period of whole hours: civil day (ordinal) and minute of the day, (60 * n_hours,)."""

    begins_at: datetime
    n_hours: int
    day: Integers
    minute: Integers

    @property
    def begins_s(self) -> float:
        """The first instant [Unix s]."""
        return self.begins_at.timestamp()


@dataclass(frozen=True, slots=True)
class Duty:
    """Shares of each hour (n_hours,): after sunset, dark, dark and ordered off; and dark at each level above 0.

    `at_level` is (n_levels, n_hours), in the order of `levels`.
    """

    night: Floats
    dark: Floats
    off: Floats
    levels: tuple[float, ...]
    at_level: Floats

    @property
    def owed(self) -> Floats:
        """Share of each hour in which the lamp ought to burn."""
        owed: Floats = self.at_level.sum(axis=0)
        return owed

    @property
    def level(self) -> Floats:
        """Mean level owed while it ought to burn; 1 where it ought not."""
        owed = self.owed
        total = np.array(self.levels) @ self.at_level
        level: Floats = np.where(owed > 0, total / np.maximum(owed, 1e-9), 1.0)
        return level


@lru_cache(maxsize=16)
def make_clock(begins_at: datetime, ends_at: datetime, time_zone: str) -> Clock:
    """Lay out the minutes of a period; it begins on a full hour, and the zone's offset changes on full hours."""
    zone = ZoneInfo(time_zone)
    n_hours = round((ends_at - begins_at) / HOUR)
    civil = [(begins_at + n * HOUR).astimezone(zone) for n in range(n_hours)]
    ordinal = np.array([at.toordinal() for at in civil], dtype=np.int64)
    begun = np.array([60 * at.hour + at.minute for at in civil], dtype=np.int64)
    minute = (begun[:, None] + np.arange(PER_HOUR)).ravel()
    return Clock(begins_at, n_hours, np.repeat(ordinal, PER_HOUR) + minute // 1440, minute % 1440)


def duty_of(clock: Clock, place: Place, entries: Sequence[ScheduledHours]) -> Duty:
    """Say what a lamp owes under these hours."""
    dark, level = dark_minutes(clock, place), levels_left(clock, entries)
    sunset = Place(place.longitude, place.latitude, place.time_zone, SUNSET_DEG)
    levels = tuple(float(one) for one in np.unique(level[dark & (level > 0)])[::-1])
    return Duty(
        night=hourly(dark_minutes(clock, sunset)),
        dark=hourly(dark),
        off=hourly(dark & (level <= 0)),
        levels=levels,
        at_level=np.array([hourly(dark & (level == one)) for one in levels]).reshape(len(levels), clock.n_hours),
    )


def hourly(minutes: NDArray[np.bool_]) -> Floats:
    """Give the share of each hour."""
    share: Floats = minutes.reshape(-1, PER_HOUR).mean(axis=1)
    return share


def dark_minutes(clock: Clock, place: Place) -> NDArray[np.bool_]:
    """Say in which minutes the sun stands lower than the place's depression."""
    first = (clock.begins_at - DAY).date()
    n_nights = clock.n_hours // 24 + 3
    spans = [
        sun_down(first + n * DAY, round(place.longitude, 1), round(place.latitude, 1), place.depression)
        for n in range(n_nights)
    ]
    edges = np.array([[at.timestamp() for at in span] for span in spans]).ravel()
    middle_s = clock.begins_s + 60.0 * np.arange(clock.day.size) + 30.0
    is_dark: NDArray[np.bool_] = np.searchsorted(edges, middle_s) % 2 == 1
    return is_dark


def levels_left(clock: Clock, entries: Iterable[ScheduledHours]) -> Floats:
    """Give the level that a lamp's hours leave, minute by minute."""
    left = np.ones(clock.day.size)
    for entry in entries:
        if entry.kind in KINDS:
            left[in_force(clock, entry)] = np.minimum(left[in_force(clock, entry)], entry.level)
    return left


def in_force(clock: Clock, entry: ScheduledHours) -> NDArray[np.bool_]:
    """Say in which minutes an entry holds; hours over midnight belong to the day on whose evening they begin."""
    begin, end = minute_of(entry.from_time), minute_of(entry.to_time)
    after, before = clock.minute >= begin, clock.minute < end
    is_inside = after & before if begin <= end else after | before
    day = clock.day if begin <= end else clock.day - (clock.minute < end)
    last = entry.valid_to.toordinal() if entry.valid_to is not None else np.iinfo(np.int64).max
    is_valid = (day >= entry.valid_from.toordinal()) & (day < last) & np.isin((day - 1) % 7, entry.weekdays)
    holds: NDArray[np.bool_] = is_inside & is_valid
    return holds


def minute_of(at: time) -> int:
    """Give the minute of the day."""
    return 60 * at.hour + at.minute
