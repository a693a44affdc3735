"""Days gone by, laid side by side, and how much each counts for a day ahead.

A day ahead is likelier to be like one of the past the nearer the levels they begin with, on the same weekday, the more
recent, and if it is the container's own rather than another's of the same stream: a transition table of level by
weekday, with kernels instead of classes (nearest neighbours resampled: Lall and Sharma 1996, doi:10.1029/95WR02966).

The widths of the kernels were chosen on the second half of 2019 of the Wyndham set alone (`analytics.evaluate.bins`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.collection.track import HOLD_S, Floats, Track

LEARNT_FROM = timedelta(days=120)
MOST_OTHERS = 800
HOUR_S, HOURS = 3600.0, 24
EMPTY, HEAPED = 0.0, 120.0  # ends of the range of `fill_level` [%]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kernel:
    """How much a past day counts: half of it after `half_life_days`, `other_weekday` on another weekday, `other` in all
    for the days of other containers where its own count 1 each, and by a Gaussian of `level_points` in its first level.
    """

    half_life_days: float = 120.0
    other_weekday: float = 0.1
    other: float = 10.0
    level_points: float = 8.0


KERNEL = Kernel()
# What comes in hardly depends on the level, unlike when somebody empties it; weekdays go in as paces (`weekday_paces`).
INFLOW = Kernel(other_weekday=1.0, other=2.0, level_points=40.0)
MOST_LOST_H = 6
PRIOR_DAYS = 7.0
PACES = (0.3, 3.0)


@dataclass(frozen=True, slots=True)
class Days:
    """Days gone by: first level [%], weekday (Monday 0), age [days], container, emptied or not: shape (n_days,).

    `inflow` [%] is what had come in at the end of each part of the day, shape (n_days, n_parts), NaN where an emptying
    hid too much of it; `last` the level at the day's end [%].
    """

    first: Floats
    weekday: Ints
    age: Floats
    owner: Ints
    is_emptied: NDArray[np.bool_]
    inflow: Floats
    last: Floats


def days_of(track: Track, zone: ZoneInfo) -> Days:
    """Lay a container's days side by side, the latest ends with its newest value; those with a gap are left out."""
    n_days = LEARNT_FROM // timedelta(days=1)
    grid = track.at_s[-1] - HOUR_S * np.arange(n_days * HOURS, -1, -1)
    levels, inflow = interpolate(track, track.levels, grid), interpolate(track, track.inflow, grid)
    begins = grid[:-1:HOURS]
    first, last = levels[:-1:HOURS], levels[HOURS::HOURS]
    came = inflow[1:].reshape(n_days, HOURS) - inflow[:-1:HOURS, None]
    weekday = np.array([datetime.fromtimestamp(begin, zone).weekday() for begin in begins.tolist()], dtype=np.int64)
    kept = ~np.isnan(came).any(axis=1) & ~np.isnan(first) & ~np.isnan(last)
    age = np.arange(n_days, 0, -1, dtype=np.float64)
    owner = np.full(n_days, track.asset_id)
    hidden_h = hidden_hours(track, grid)
    seen_h = np.where(hidden_h <= MOST_LOST_H, HOURS - hidden_h, np.nan)
    came = came * (HOURS / seen_h)[:, None]
    return Days(first[kept], weekday[kept], age[kept], owner[kept], hidden_h[kept] > 0, came[kept], last[kept])


def hidden_hours(track: Track, grid: Floats) -> Floats:
    """Give for each day how many of its hours lie between the two values around an emptying."""
    hidden = np.zeros(grid.size)
    for fall in track.falls.tolist():
        first, end = np.searchsorted(grid, (track.at_s[fall - 1], track.at_s[fall]), side="right")
        hidden[first : max(end, first + 1)] = 1.0
    by_day: Floats = hidden[1:].reshape(-1, HOURS).sum(axis=1)
    return by_day


def weekday_paces(days: Days, asset_id: int) -> Floats:
    """Give the pace of each weekday beside the mean of all, shape (7,), drawn towards 1 where days are few."""
    whole = (days.owner == asset_id) & ~np.isnan(days.inflow[:, -1])
    came, weekday = days.inflow[whole, -1], days.weekday[whole]
    mean = float(came.mean()) if came.size else 0.0
    if mean <= 0:
        return np.ones(7)
    sums = np.bincount(weekday, weights=came, minlength=7)
    paces = (sums / mean + PRIOR_DAYS) / (np.bincount(weekday, minlength=7) + PRIOR_DAYS)
    return np.clip(paces, *PACES)


def interpolate(track: Track, values: Floats, at_s: Floats) -> Floats:
    """Give values between measurements at most 26 hours apart on a straight line, NaN elsewhere."""
    after = np.searchsorted(track.at_s, at_s)
    right = track.at_s[np.minimum(after, track.at_s.size - 1)]
    left = track.at_s[np.maximum(after - 1, 0)]
    is_known = (right == at_s) | ((after > 0) & (right > at_s) & (right - left <= HOLD_S))
    return np.where(is_known, np.interp(at_s, track.at_s, values), np.nan)


def join(parts: Sequence[Days]) -> Days:
    """Put days of several containers together."""
    return Days(*(np.concatenate([getattr(part, name) for part in parts]) for name in Days.__slots__))


def pool(own: Days, others: Days, asset_id: int) -> Days:
    """Add to a container's days the latest ones of others."""
    candidates = np.flatnonzero(others.owner != asset_id)
    latest = candidates[np.argsort(others.age[candidates], kind="stable")[:MOST_OTHERS]]
    return join([own, take(others, latest)])


def take(days: Days, kept: NDArray[np.generic]) -> Days:
    """Take some of the days."""
    return Days(*(getattr(days, name)[kept] for name in Days.__slots__))


def weigh(days: Days, asset_id: int, levels: Floats, weekday: int, kernel: Kernel = KERNEL) -> Floats:
    """Weigh past days for one that begins with each of some levels on a weekday, shape (n_levels, n_days)."""
    is_own = days.owner == asset_id
    n_others = max(1, int(np.count_nonzero(~is_own)))
    weight = np.exp2(-days.age / kernel.half_life_days) * np.where(is_own, 1.0, kernel.other / n_others)
    weight = weight * np.where(days.weekday == weekday, 1.0, kernel.other_weekday)
    apart = (levels[:, None] - days.first[None, :]) / kernel.level_points
    # Never all zero: where no day began near a level, the nearest ones count.
    nearness = np.exp(-0.5 * (apart**2 - (apart**2).min(axis=1, keepdims=True)))
    weights: Floats = weight * nearness
    return weights


def next_levels(
    days: Days, asset_id: int, level: float, weekday: int, kernel: Kernel = KERNEL
) -> tuple[Floats, Floats]:
    """Give the levels that a day may end with, and their weights, when emptyings come as they used to."""
    weights = weigh(days, asset_id, np.array([level]), weekday, kernel)[0]
    grown = np.clip(level + days.inflow[:, -1], EMPTY, HEAPED)
    return np.where(days.is_emptied, days.last, grown), weights
