"""Shares of places occupied on a grid of quarters of an hour of civil time, whole civil days at a time.

Every day has 96 steps of the wall clock: rhythms follow it. In the night in which clocks go forward four steps do not
exist and are not known; of the hour that comes twice in autumn the second time counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STEP_S = 900
DAY_STEPS = 96
HOLD_S = 7200.0  # a value stands so long for lack of a newer one: that of the quantities in `sensors.quantities`
HOLIDAY = 6  # public holidays are taken for Sundays


@dataclass(frozen=True, slots=True)
class Grid:
    """Shares occupied 0 to 1, (n_parks, n_steps), NaN where not known; the kind of each day, (n_parks, n_days).

    Kinds are 0 (Monday) to 6 (Sunday or public holiday). Step 0 is midnight of `first_day`. `towns` (n_parks) numbers
    the town of each: car parks of one town tell of one another.
    """

    first_day: date
    time_zone: str
    shares: Floats
    kinds: Integers
    towns: Integers

    @property
    def n_steps(self) -> int:
        """Count the steps."""
        return int(self.shares.shape[1])

    def instant(self, step: int) -> datetime:
        """Give the instant of a step in UTC."""
        day = self.first_day + timedelta(days=step // DAY_STEPS)
        minute = step % DAY_STEPS * (STEP_S // 60)
        return datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(self.time_zone)).astimezone(UTC)

    def step(self, at: datetime) -> int:
        """Give the step at or before an instant."""
        civil = at.astimezone(ZoneInfo(self.time_zone))
        return (civil.date() - self.first_day).days * DAY_STEPS + (civil.hour * 60 + civil.minute) // 15


@dataclass(frozen=True, slots=True)
class ParkValues:
    """Values of one car park in order of time: instants [Unix s], shares occupied, and the holidays of its place."""

    at_s: Floats
    shares: Floats
    holidays: frozenset[date]
    town: int = 0


def make_grid(parks: Sequence[ParkValues], days: tuple[date, date], time_zone: str) -> Grid:
    """Lay values on the grid of civil days [first, end): at each step the newest, no older than `HOLD_S`."""
    first, end = days
    steps_s = step_instants(first, (end - first).days, ZoneInfo(time_zone))
    shares = np.stack([hold(park, steps_s) for park in parks]) if parks else np.empty((0, steps_s.size))
    dates = [first + timedelta(days=n) for n in range((end - first).days)]
    kinds = np.array(
        [[HOLIDAY if day in park.holidays else day.weekday() for day in dates] for park in parks], dtype=np.int64
    )
    towns = np.array([park.town for park in parks], dtype=np.int64)
    return Grid(first, time_zone, shares, kinds.reshape(len(parks), len(dates)), towns)


def step_instants(first: date, n_days: int, zone: ZoneInfo) -> Floats:
    """Give the instant [Unix s] of each step, NaN where clocks skip it."""
    midnights = [datetime.combine(first + timedelta(days=n), time(0), zone) for n in range(n_days)]
    within = np.arange(DAY_STEPS, dtype=np.float64) * STEP_S
    days = [day_instants(midnight, within, zone) for midnight in midnights]
    return np.concatenate(days) if days else np.empty(0)


def day_instants(midnight: datetime, within_s: Floats, zone: ZoneInfo) -> Floats:
    """Give the instants of one civil day's steps [Unix s]."""
    at_s: Floats = midnight.timestamp() + within_s
    noon = midnight.replace(hour=12)
    if noon.timestamp() - midnight.timestamp() == 12 * 3600.0:
        return at_s
    walls = [midnight + timedelta(seconds=second) for second in within_s.tolist()]
    real = np.array([wall.replace(fold=1).timestamp() for wall in walls])
    is_real = [
        datetime.fromtimestamp(at, zone).hour == wall.hour for at, wall in zip(real.tolist(), walls, strict=True)
    ]
    return np.where(is_real, real, np.nan)


def hold(park: ParkValues, steps_s: Floats) -> Floats:
    """Give the newest value at each step, NaN where there is none or it is too old."""
    if not park.at_s.size:
        return np.full(steps_s.size, np.nan)
    index = np.searchsorted(park.at_s, steps_s, side="right") - 1
    known = np.maximum(index, 0)
    is_known = (index >= 0) & (steps_s - park.at_s[known] <= HOLD_S) & np.isfinite(steps_s)
    return np.where(is_known, park.shares[known], np.nan)
