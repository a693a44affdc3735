"""Steps in what a cabinet draws at night: the same hours of its nights beside one another, and where they fall.

A lamp that goes out takes its power from every hour in which it would burn: all hours fall by the same share at once.
New hours of dimming change some hours only; voltage, cold and season move slowly and are no step.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.spread import MAD_TO_SIGMA

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_DAY, NOON = 24, 12
CORE_SHARE = 0.8  # of the nights that must know an hour of the day for it to be compared
GIVES_FROM = 0.3  # of the fullest hour: hours in which most lamps are off say little of lamps
N_SIDE = 3  # nights before and after a step
LEAST_NIGHTS = 8
N_SIGMAS = 5.0
LEAST_SPREAD = 0.001  # of the level: what a meter cannot tell apart
AGREEING = 0.5  # of a fall, that three quarters of the hours must show too


@dataclass(frozen=True, slots=True)
class Hours:
    """Nights and their hours: the noon at which each night begins, power [W] by hour of the day (n_nights, 24)."""

    begins_at: tuple[datetime, ...]
    watts: Floats


@dataclass(frozen=True, slots=True)
class Nights:
    """Nights of a cabinet: `begins_at` of each (its noon), (n_nights,); `watts` (n_nights, n_hours), NaN where unknown.

    Only hours of the day that most nights know, and in which most lamps burn. `usual_w` is the median of the fullest.
    """

    begins_at: tuple[datetime, ...]
    watts: Floats
    usual_w: float

    @property
    def levels(self) -> Floats:
        """Give each night's level, 1 where it is usual: the median over its hours; (n_nights,)."""
        return medians(self.watts / medians(self.watts.T)[None, :])


@dataclass(frozen=True, slots=True)
class Step:
    """A change for good: the first night after it, and by which share of the usual level (below 0: a fall)."""

    night: int
    share: float


def lay_out(watts: Floats, owed: NDArray[np.bool_], begins_at: datetime, time_zone: str) -> Hours:
    """Lay hours of power [W] in which light is owed on nights from noon to noon of civil time.

    `watts` and `owed` are (n_hours,) from `begins_at` on; nights of which nothing is known are left out.
    """
    zone = ZoneInfo(time_zone)
    civil = [(begins_at + n * HOUR).astimezone(zone) for n in range(watts.size)]
    night = np.array([at.toordinal() - (at.hour < NOON) for at in civil], dtype=np.int64)
    hour = np.array([at.hour for at in civil], dtype=np.int64)
    is_known = owed & np.isfinite(watts)
    known = np.unique(night[is_known])
    table = np.full((known.size, PER_DAY), np.nan)
    table[np.searchsorted(known, night[is_known]), hour[is_known]] = watts[is_known]
    noons = tuple(datetime.fromordinal(day).replace(hour=NOON, tzinfo=zone).astimezone(UTC) for day in known.tolist())
    return Hours(noons, table)


def nights_of(hours: Hours, after: datetime, until: datetime) -> Nights | None:
    """Give the nights that begin from one instant on and are over at another; None where they say too little."""
    first, end = bisect_left(hours.begins_at, after), bisect_left(hours.begins_at, until - DAY + HOUR)
    table = hours.watts[first:end]
    if not table.size:
        return None
    table = table[:, np.isfinite(table).mean(axis=0) >= CORE_SHARE]
    usual = medians(table.T)
    if not (usual > 0).any():
        return None
    return Nights(hours.begins_at[first:end], table[:, usual >= GIVES_FROM * usual.max()], float(usual.max()))


def find_steps(nights: Nights, least: float) -> list[Step]:
    """Find the changes for good of at least this share of the usual level, in order of time.

    A step is a difference of the medians of three nights before and after that is the greatest around, five times the
    ordinary difference of that kind, and that at least three quarters of the hours show.
    """
    levels = nights.levels
    known = np.flatnonzero(np.isfinite(levels))
    if known.size < LEAST_NIGHTS:
        return []
    jumps = jumps_of(levels[known])
    spread = max(MAD_TO_SIGMA * float(np.median(np.abs(jumps))), LEAST_SPREAD)
    left, found = np.abs(jumps), []
    while left.size and left.max() >= max(least, N_SIGMAS * spread):
        place = int(left.argmax())
        night = sharpest(levels[known], place + N_SIDE, float(jumps[place]))
        before, after = known[night - N_SIDE : night], known[night : night + N_SIDE]
        if after.size == N_SIDE and is_shared(nights.watts, before, after, float(jumps[place])):
            found.append(Step(int(known[night]), float(jumps[place])))
        left[max(0, place - N_SIDE + 1) : place + N_SIDE] = 0.0
    return sorted(found, key=lambda step: step.night)


def sharpest(levels: Floats, night: int, jump: float) -> int:
    """Give the night among three around one that differs most from the night before, the way a jump goes.

    Medians of three nights jump by as much a night early or late.
    """
    around = np.arange(max(night - 1, N_SIDE), min(night + 2, levels.size))
    return int(around[np.argmax(np.sign(jump) * (levels[around] - levels[around - 1]))])


def jumps_of(levels: Floats) -> Floats:
    """Give the median of three nights less that of the three before, at each place that has both."""
    windows = np.median(np.lib.stride_tricks.sliding_window_view(levels, N_SIDE), axis=1)
    return np.asarray(windows[N_SIDE:] - windows[:-N_SIDE], dtype=np.float64)


def is_shared(watts: Floats, before: Integers, after: Integers, jump: float) -> bool:
    """Say whether three quarters of the hours changed by half of a jump and more, the same way."""
    usual = medians(watts.T)
    each = (medians(watts[after].T) - medians(watts[before].T)) / usual
    each = each[np.isfinite(each)]
    return bool(each.size and (np.sign(jump) * each >= AGREEING * abs(jump)).mean() >= 0.75)


def medians(rows: Floats) -> Floats:
    """Give the median of what is known of each row, NaN where nothing is; (n_rows,)."""
    found = np.full(rows.shape[0], np.nan)
    known = np.isfinite(rows).any(axis=1) if rows.size else np.zeros(rows.shape[0], dtype=np.bool_)
    if known.any():
        found[known] = np.nanmedian(rows[known], axis=1)
    return found
