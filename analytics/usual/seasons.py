"""What series usually say in each slot of the week and of the sun's course, and how far they stray from it.

Two clocks are kept for each series (`analytics.usual.slots`), and the one speaks that was less wrong of late: people's
for a school, the sun's for a lamp. What a series has been above or below all its slots in the last days (the weather)
is added to what is expected. The first axis of all arrays is the series.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from analytics.usual.hours import N_HOURS, RESOLUTION, SMALLEST, Floats, Integers, Mask
from analytics.usual.slots import CLOCKS, N_SLOTS

A = TypeVar("A", Floats, Mask)
N_SEEN_LEAST = 2.0  # hours of a slot, before anything is expected of it
GAIN = 0.15  # of a new hour, at least: six working weeks are forgotten to a hundredth
GAIN_ERROR = 0.02
GAIN_OFFSET = 0.3  # of a new day
REACH = 6.0  # [strays] by which an hour may move its slot: one outlier must not hide the next
LEAST_STRAY = 0.5  # of the mean stray of all slots: a slot that is calm by chance has a scale too


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected in the hours of a day, how far a value strays ordinarily, and where it is known, (n_series, 24).

    An hour reaches from the lowest to the highest of what is expected of itself and of the hours beside it, so that
    what is switched or opened within it is usual. The stray is infinite as long as a series never left that.
    """

    low: Floats
    high: Floats
    stray: Floats
    is_known: Mask


@dataclass(slots=True)
class Seasons:
    """Level, mean stray and hours seen of each slot, (n_series, CLOCKS, N_SLOTS); mean error of each clock,
    (n_series, CLOCKS); what is added to all slots of each, of the same shape.
    """

    level: Floats
    stray: Floats
    n_seen: Floats
    error: Floats
    offset: Floats

    def expect(self, slots: Integers) -> Expected:
        """Give what is expected of a day whose hours have slots (n_series, CLOCKS, 24)."""
        series = np.arange(len(self.error))
        clock = self.error.argmin(axis=1)
        own = slots[series, clock]
        place = series[:, None], clock[:, None], own
        value = self.level[place] + self.offset[series, clock][:, None]
        n_seen = self.n_seen[series, clock]
        usual = added(self.stray[series, clock] * n_seen) / np.maximum(added(n_seen), 1.0)
        stray = np.maximum(self.stray[place], LEAST_STRAY * usual[:, None])
        floor = np.maximum(RESOLUTION * np.abs(value), SMALLEST)
        stray = np.where(usual[:, None] > 0, beside(np.maximum(stray, floor), np.maximum), np.inf)
        is_known = self.n_seen[place] >= N_SEEN_LEAST
        return Expected(beside(value, np.minimum), beside(value, np.maximum), stray, beside(is_known, np.logical_and))

    def learn(self, slots: Integers, means: Floats, strays: Floats, is_over: Mask) -> None:
        """Take in the hours of a day that `is_over`: their means (NaN: not seen), how far their values strayed."""
        for clock in range(CLOCKS):
            away = np.full_like(means, np.nan)
            for hour in range(N_HOURS):
                is_seen = is_over & np.isfinite(means[:, hour])
                series, own = np.flatnonzero(is_seen), slots[is_seen, clock, hour]
                away[series, hour] = self.take(series, clock, own, means[is_seen, hour], strays[is_seen, hour])
            n = np.isfinite(away).sum(axis=1)
            mean = np.divide(added(np.nan_to_num(away)), n, out=np.zeros(len(n)), where=n > 0)
            self.offset[:, clock] += np.where(n > 0, GAIN_OFFSET * mean, 0.0)

    def take(self, series: Integers, clock: int, slots: Integers, means: Floats, strays: Floats) -> Floats:
        """Learn one hour of each of some series; give how far it lay from what was expected (NaN: nothing was)."""
        place = series, clock, slots
        n_seen, stray = self.n_seen[place], self.stray[place]
        is_known = n_seen >= N_SEEN_LEAST
        away = means - self.level[place] - self.offset[series, clock]
        reach = np.where(is_known & (stray > 0), REACH * stray, np.inf)
        step = np.clip(away, -reach, reach)
        gain = np.maximum(1.0 / (n_seen + 1.0), GAIN)
        strayed = np.minimum(np.maximum(np.abs(away), strays), reach)
        self.level[place] += np.where(n_seen > 0, gain * step, means)
        self.stray[place] += np.where(n_seen > 0, gain, 0.0) * (strayed - stray)
        self.error[series, clock] += np.where(is_known, GAIN_ERROR * (np.abs(step) - self.error[series, clock]), 0.0)
        self.n_seen[place] += 1.0
        return np.where(is_known, step, np.nan)


def beside(hours: A, join: np.ufunc) -> A:
    """Join each hour of a day with the one before and the one after, where there is one."""
    joined = hours.copy()
    joined[:, 1:] = join(joined[:, 1:], hours[:, :-1])
    joined[:, :-1] = join(joined[:, :-1], hours[:, 1:])
    return joined


def added(values: Floats) -> Floats:
    """Add along the last axis one after the other: the same however many series lie side by side."""
    total: Floats = np.cumsum(values, axis=-1)[..., -1]
    return total


def no_seasons() -> Seasons:
    """Start with one series of which nothing is known."""
    slots = np.zeros((1, CLOCKS, N_SLOTS))
    return Seasons(slots, slots.copy(), slots.copy(), np.zeros((1, CLOCKS)), np.zeros((1, CLOCKS)))
