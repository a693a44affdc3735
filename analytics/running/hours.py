"""The usual course of a day: the mean of each hour (UTC), new days counting 30 %, and what is expected between hours.

The expected value runs in a straight line from the middle of an hour to the middle of the next.
"""

from dataclasses import dataclass

import numpy as np

from analytics.running.moments import Floats, Integers, Mask

HOUR_S = 3600.0
N_HOURS = 24
N_DAYS_LEAST = 2.0  # of an hour, before anything is expected of it
GAIN = 0.3
NO_HOUR = -(2**62)


@dataclass(slots=True)
class Course:
    """Means and days seen of each hour, (24, n_series); the running hour since 1970, its sum and rows, (n_series,)."""

    means: Floats
    n_days: Floats
    hour: Integers
    total: Floats
    n: Floats

    def follow(self, at_s: Floats, values: Floats) -> tuple[Floats, Mask]:
        """Take in one row of each series; give the value expected at its instant, and where it is known.

        An hour is learnt when the next one begins: no row is expected by help of itself.
        """
        hour = np.floor(at_s / HOUR_S).astype(np.int64)
        over = np.flatnonzero((hour != self.hour) & (self.n > 0))
        if over.size:
            self.close(over)
        expected, known = self.expect(at_s, hour % N_HOURS)
        self.hour[...] = hour
        self.total += values
        self.n += 1.0
        return expected, known

    def close(self, over: Integers) -> None:
        """Learn the running hour of the series whose hour is over."""
        slot = self.hour[over] % N_HOURS
        self.n_days[slot, over] += 1.0
        gain = np.maximum(1.0 / self.n_days[slot, over], GAIN)
        self.means[slot, over] += gain * (self.total[over] / self.n[over] - self.means[slot, over])
        self.total[over], self.n[over] = 0.0, 0.0

    def expect(self, at_s: Floats, slot: Integers) -> tuple[Floats, Mask]:
        """Give the expected value at an instant within a slot of the day."""
        phase = at_s / HOUR_S - np.floor(at_s / HOUR_S) - 0.5
        series = np.arange(at_s.size)
        beside = (slot + np.where(phase < 0, -1, 1)) % N_HOURS
        is_near = self.n_days[beside, series] >= N_DAYS_LEAST
        weight = np.where(is_near, np.abs(phase), 0.0)
        here = self.means[slot, series]
        return (1.0 - weight) * here + weight * self.means[beside, series], self.n_days[slot, series] >= N_DAYS_LEAST
