"""Civil time, sun, holidays: what makes a town wake up and go to sleep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from simulators.grid import DAY_S, Floats, Integers

FIRST_YEAR, LAST_YEAR = 2015, 2040

# First and last day without school, zone A (Besançon), from the national school calendars of 2023-2024 to 2026-2027
# (arrêtés fixing the calendar, Ministère de l'Éducation nationale). Later years are not known here: no school holidays.
SCHOOL_HOLIDAYS_ZONE_A: Sequence[tuple[date, date]] = (
    (date(2023, 10, 21), date(2023, 11, 5)),
    (date(2023, 12, 23), date(2024, 1, 7)),
    (date(2024, 2, 17), date(2024, 3, 3)),
    (date(2024, 4, 13), date(2024, 4, 28)),
    (date(2024, 7, 6), date(2024, 9, 1)),
    (date(2024, 10, 19), date(2024, 11, 3)),
    (date(2024, 12, 21), date(2025, 1, 5)),
    (date(2025, 2, 22), date(2025, 3, 9)),
    (date(2025, 4, 19), date(2025, 5, 4)),
    (date(2025, 7, 5), date(2025, 8, 31)),
    (date(2025, 10, 18), date(2025, 11, 2)),
    (date(2025, 12, 20), date(2026, 1, 4)),
    (date(2026, 2, 7), date(2026, 2, 22)),
    (date(2026, 4, 4), date(2026, 4, 19)),
    (date(2026, 7, 4), date(2026, 8, 31)),
    (date(2026, 10, 17), date(2026, 11, 1)),
    (date(2026, 12, 19), date(2027, 1, 3)),
    (date(2027, 2, 13), date(2027, 2, 28)),
    (date(2027, 4, 10), date(2027, 4, 25)),
    (date(2027, 7, 3), date(2027, 8, 31)),
)


@dataclass(frozen=True, slots=True)
class Civil:
    """Local time of each instant: hour of the day (0 to 24), weekday (Monday 0), and what kind of day it is."""

    hour: Floats
    weekday: Integers
    day: Integers
    is_public_holiday: NDArray[np.bool_]
    is_school_holiday: NDArray[np.bool_]

    @property
    def is_working(self) -> NDArray[np.bool_]:
        """Monday to Friday, no public holiday."""
        return (self.weekday < 5) & ~self.is_public_holiday

    @property
    def is_school(self) -> NDArray[np.bool_]:
        """Days on which schools teach (four and a half days are four here)."""
        days: NDArray[np.bool_] = self.is_working & ~self.is_school_holiday & (self.weekday != 2)
        return days


def read_civil(at_s: Integers, time_zone: str = "Europe/Paris") -> Civil:
    """Give the local time of Unix seconds."""
    local = at_s + find_offsets(at_s, time_zone)
    day = local // DAY_S
    public, school = free_days()
    return Civil(
        hour=(local % DAY_S) / 3600.0,
        weekday=(day + 3) % 7,
        day=day,
        is_public_holiday=np.isin(day, public),
        is_school_holiday=np.isin(day, school),
    )


def find_offsets(at_s: Integers, time_zone: str = "Europe/Paris") -> Integers:
    """Give the offset of local time from UTC, in seconds, of each instant."""
    changes, offsets = offset_changes(time_zone)
    found: Integers = offsets[np.searchsorted(changes, at_s, side="right") - 1]
    return found


@cache
def offset_changes(time_zone: str) -> tuple[Integers, Integers]:
    """List when the offset from UTC changes (Unix seconds, to the hour) and to what."""
    zone = ZoneInfo(time_zone)
    at = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    changes, offsets = [int(at.timestamp())], [seconds_ahead(at, zone)]
    while at.year <= LAST_YEAR:
        following = at + timedelta(days=1)
        if seconds_ahead(following, zone) != offsets[-1]:
            while seconds_ahead(at, zone) == offsets[-1]:
                at += timedelta(hours=1)
            changes.append(int(at.timestamp()))
            offsets.append(seconds_ahead(at, zone))
        at = following
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)


def seconds_ahead(at: datetime, zone: ZoneInfo) -> int:
    """Give the zone's offset from UTC at an instant."""
    return int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds())


@cache
def free_days() -> tuple[Integers, Integers]:
    """Give the French public holidays and the school holidays of zone A, as days since 1970."""
    public = holidays.country_holidays("FR", years=range(FIRST_YEAR, LAST_YEAR + 1))
    school = (
        first + timedelta(days=ahead)
        for first, last in SCHOOL_HOLIDAYS_ZONE_A
        for ahead in range((last - first).days + 1)
    )
    return count_days(public), count_days(school)


def count_days(days: Iterable[date]) -> Integers:
    """Turn dates into sorted days since 1970."""
    epoch = date(1970, 1, 1)
    return np.array(sorted((day - epoch).days for day in days), dtype=np.int64)


def follow(hour: Floats, knots: Sequence[tuple[float, float]]) -> Floats:
    """Read a daily curve given by (hour, value) knots, straight between them."""
    hours, values = zip(*knots, strict=True)
    curve: Floats = np.interp(hour, hours, values, period=24.0)
    return curve


def is_between(hour: Floats, start: Floats | float, stop: Floats | float) -> NDArray[np.bool_]:
    """Say which hours lie in a daily window that may run over midnight; an empty window has start = stop."""
    inside = (hour >= start) & (hour < stop)
    over = (hour >= start) | (hour < stop)
    return np.where(np.less_equal(start, stop), inside, over)


def sun_elevation_deg(at_s: Integers, latitude: float, longitude: float) -> Floats:
    """Give the sun's elevation above the horizon, in degrees, without refraction.

    Low precision formulas of the Astronomical Almanac (about 0.01 degree from 1950 to 2050).
    """
    n = at_s / DAY_S - 10_957.5  # days since 2000-01-01 12:00
    mean_longitude = np.radians((280.460 + 0.985_647_4 * n) % 360)
    anomaly = np.radians((357.528 + 0.985_600_3 * n) % 360)
    ecliptic = mean_longitude + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 4e-7 * n)
    ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(obliquity) * np.sin(ecliptic))
    sidereal = np.radians((280.460_618_37 + 360.985_647_366_29 * n + longitude) % 360)
    hour_angle = sidereal - ascension
    phi = np.radians(latitude)
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    elevation: Floats = np.degrees(np.arcsin(np.clip(sine, -1, 1)))
    return elevation
