"""The level of series day by day, and whether it has shifted: CUSUM and Page-Hinkley on days freed of missing hours.

The level of a day is the mean of its hours, where an hour that is missing counts as it usually is. The last `N_RECENT`
days are compared with the `N_REFERENCE` before them, in units of half the range of these (one day at each end set
aside): so weekends and the wandering of the weather are in the unit. Both tests must agree: CUSUM looks from the middle
of the reference (Page, 1954, Biometrika 41, 100), Page-Hinkley from the running mean of all days (Hinkley, 1971,
Biometrika 58, 509), which a slow drift takes along. The first axis of all arrays is the series.
"""

from dataclasses import dataclass

import numpy as np

from analytics.usual.hours import N_HOURS, RESOLUTION, SMALLEST, Floats, Mask

N_RECENT = 7
N_REFERENCE = 28
N_REFERENCE_LEAST = 12
N_NOW = 3  # days whose middle one is the level told
N_KEPT = N_REFERENCE + N_RECENT
N_PROFILE = 28  # days over which the usual hours follow
N_TRIMMED = 1
OF_DAY = 0.05  # the unit as share of the range of the usual day
UNMOVED = 0.05  # and of the level where the reference never moved
ALLOWANCE, ALLOWANCE_RUNNING = 1.5, 1.0  # [units] that a day may lie away: CUSUM, Page-Hinkley
MOST = 2.0  # [units] that a day may add: a single day is no shift


@dataclass(frozen=True, slots=True)
class Shift:
    """Per series: how sure a shift is (0: none), the new level, and the range of days before it."""

    value: Floats
    level: Floats
    low: Floats
    high: Floats


@dataclass(slots=True)
class Levels:
    """Usual hours and how often each was seen, (n_series, 24); levels of the last days, newest last, NaN before all."""

    profile: Floats
    n_seen: Floats
    days: Floats

    def learn(self, hours: Floats, is_over: Mask) -> None:
        """Take in the mean of each hour (NaN: not seen) of a day that `is_over`."""
        hours, profile, n_seen = hours[is_over], self.profile[is_over], self.n_seen[is_over]
        is_seen = np.isfinite(hours)
        away = np.where(is_seen & (n_seen > 0), hours - profile, 0.0)
        weight = 1 / np.minimum(n_seen + 1, N_PROFILE)
        known = np.where(is_seen & (n_seen == 0), hours, profile)
        # Added hour by hour: the sum of few numbers must not depend on how many series lie beside it.
        level = mean_of(known, is_seen | (n_seen > 0)) + mean_of(away, is_seen)
        self.profile[is_over] = np.where(is_seen & (n_seen > 0), profile + weight * away, known)
        self.n_seen[is_over] = n_seen + is_seen
        self.days[is_over, :-1] = self.days[is_over, 1:]
        self.days[is_over, -1] = level

    def shift(self) -> Shift:
        """Judge the last days; 0 where too little is known or nothing ever moved."""
        reference = self.days[:, :N_REFERENCE]
        n_known = np.isfinite(reference).sum(axis=1)
        ordered = np.sort(reference, axis=1)  # what is not known comes last
        low = ordered[:, N_TRIMMED]
        high = ordered[np.arange(len(n_known)), np.maximum(n_known - 1 - N_TRIMMED, 0)]
        is_known = n_known >= N_REFERENCE_LEAST
        low, high = np.where(is_known, low, 0.0), np.where(is_known, high, 0.0)
        unit = self.unit(low, high)
        level = np.sort(self.days[:, -N_NOW:], axis=1)[:, N_NOW // 2]
        away = (self.days[:, N_REFERENCE:] - (low / 2 + high / 2)[:, None]) / unit[:, None]
        by_cusum = cusum(np.concatenate((away, -away)))
        by_running = page_hinkley(np.concatenate((self.days, -self.days)), np.concatenate((unit, unit)))
        surest = np.minimum(by_cusum, by_running).reshape(2, -1).max(axis=0)
        value = np.where(is_known, surest * np.minimum(n_known / N_REFERENCE, 1.0), 0.0)
        return Shift(value, np.where(np.isfinite(level), level, 0.0), low, high)

    def unit(self, low: Floats, high: Floats) -> Floats:
        """Give the unit of each series."""
        seen = self.n_seen > 0
        highest, lowest = (
            np.where(seen, self.profile, -np.inf).max(axis=1),
            np.where(seen, self.profile, np.inf).min(axis=1),
        )
        swing = np.where(seen.any(axis=1), highest - lowest, 0.0)
        magnitude = np.maximum(np.abs(low), np.abs(high))
        share = np.where((high > low) | (swing > 0), RESOLUTION, UNMOVED)
        floor = np.maximum(np.maximum(OF_DAY * swing, share * magnitude), SMALLEST)
        unit: Floats = np.maximum((high - low) / 2, floor)
        return unit


def cusum(away: Floats) -> Floats:
    """Give the cumulative sum upwards after the last column; days that are not known change nothing."""
    total = np.zeros(len(away))
    for day in range(away.shape[1]):
        step = np.where(np.isfinite(away[:, day]), away[:, day] - ALLOWANCE, 0.0)
        total = np.maximum(total + np.clip(step, -MOST, MOST), 0.0)
    return total


def page_hinkley(days: Floats, unit: Floats) -> Floats:
    """Give the same with respect to the running mean of all days before."""
    total, mean, n = np.zeros(len(days)), np.zeros(len(days)), np.zeros(len(days))
    for day in range(days.shape[1]):
        is_known = np.isfinite(days[:, day])
        value = np.where(is_known, days[:, day], mean)
        step = np.where(is_known & (n > 0), (value - mean) / unit - ALLOWANCE_RUNNING, 0.0)
        total = np.maximum(total + np.clip(step, -MOST, MOST), 0.0)
        n += is_known
        mean = mean + np.where(is_known, value - mean, 0.0) / np.maximum(n, 1)
    return total


def mean_of(hours: Floats, chosen: Mask) -> Floats:
    """Give the mean of the chosen hours of each series, 0 where none is."""
    total: Floats = np.add.accumulate(np.where(chosen, hours, 0.0), axis=1)[:, -1]
    mean: Floats = total / np.maximum(chosen.sum(axis=1), 1)
    return mean


def no_levels() -> Levels:
    """Start with one series of which nothing is known."""
    return Levels(np.zeros((1, N_HOURS)), np.zeros((1, N_HOURS)), np.full((1, N_KEPT), np.nan))
