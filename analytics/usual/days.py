"""What days of series usually are: their lowest, middle and highest value, against those of the weeks before.

A leak shows in the lowest flow of the day, a bearing in the mean vibration, long before any single value is strange.
The last `N_RECENT` days must all lie beyond the range of the `N_REFERENCE` days that ended `N_BETWEEN` days earlier:
the pause in between keeps a slow drift from teaching its own reference. The first axis of all arrays is the series.
"""

from dataclasses import dataclass

import numpy as np

from analytics.usual.hours import RESOLUTION, SMALLEST, Floats, Integers, Mask

N_RECENT = 3
N_BETWEEN = 4
N_REFERENCE = 28
N_REFERENCE_LEAST = 14
N_KEPT = N_REFERENCE + N_BETWEEN + N_RECENT
N_TRIMMED = 1  # lowest and highest day of the reference that does not count: a fault of hours, a holiday
UNMOVED = 0.05  # the unit as share of the level where the reference never moved
RANGE = 0.12  # the unit of strangeness, as share of the reference's range
OVERALL = np.array([0.01, 0.05, 0.05])  # and, by aspect, of the range of all values of those days


@dataclass(frozen=True, slots=True)
class DayScores:
    """Per series: how strange its last days are, which of the three is (0 to 2), its value and its usual range."""

    value: Floats
    aspect: Integers
    looked_at: Floats
    low: Floats
    high: Floats


@dataclass(slots=True)
class UsualDays:
    """Lowest, middle and highest value of the last learnt days, (n_series, N_KEPT, 3), newest last, NaN before all."""

    days: Floats

    def learn(self, day: Floats, is_over: Mask) -> None:
        """Take in the bounds of each hour of a day that `is_over`; the middle is the mean of the hours' middles."""
        day = day[is_over]
        is_seen = np.isfinite(day[:, 0])
        middles = np.subtract(day[:, 0], day[:, 1], out=np.zeros(is_seen.shape), where=is_seen) / 2
        # Added hour by hour: the sum of few numbers must not depend on how many series lie beside it.
        middle = np.add.accumulate(middles, axis=1)[:, -1] / np.maximum(is_seen.sum(axis=1), 1)
        lowest, turned = day.min(axis=2).T
        rows = np.stack((lowest, middle, -turned), axis=1)
        self.days[is_over, :-1] = self.days[is_over, 1:]
        self.days[is_over, -1] = rows

    def score(self) -> DayScores:
        """Score the last days of each series against the reference before them; 0 where none is known or none moved."""
        reference, recent = self.days[:, :N_REFERENCE], self.days[:, -N_RECENT:]
        n_known = np.isfinite(reference[:, :, 0]).sum(axis=1)
        ordered = np.sort(reference, axis=1)  # what is not known comes last
        low = ordered[:, N_TRIMMED]
        high = ordered[np.arange(len(n_known)), np.maximum(n_known - 1 - N_TRIMMED, 0)]
        width, level = high[:, 2] - low[:, 0], np.maximum(np.abs(low[:, 0]), np.abs(high[:, 2]))
        is_known = (n_known >= N_REFERENCE_LEAST) & ((width > 0) | (level > 0))
        share = np.where(width > 0, RESOLUTION, UNMOVED)
        floor = np.maximum(OVERALL * width[:, None], np.maximum(share * level, SMALLEST)[:, None])
        unit = np.maximum(RANGE * (high - low), floor)
        above, below = recent.min(axis=1) - high, low - recent.max(axis=1)
        scores = np.maximum(np.maximum(above, below), 0.0) / unit
        scores = np.where(is_known[:, None], scores * (np.maximum(n_known, 1) / N_REFERENCE)[:, None], 0.0)
        aspect = scores.argmax(axis=1)
        series = np.arange(len(aspect))
        nearest = np.where(above > 0, recent.min(axis=1), recent.max(axis=1))
        picked = (one[series, aspect] for one in (scores, nearest, low, high))
        value, looked_at, lowest, highest = picked
        return DayScores(value, aspect, looked_at, lowest, highest)


def no_days() -> UsualDays:
    """Start with one series of which nothing is known."""
    return UsualDays(np.full((1, N_KEPT, 3), np.nan))
