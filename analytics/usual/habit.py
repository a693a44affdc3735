"""How strange series have been in the weeks before: one that often surprises must surprise more to count.

The threshold of a series rises with the strangest of its own last `N_WEEKS` weeks, so that what an ordinary series
does once in a while is an alarm at most once in that time. It rises up to `MOST` only: after a real fault a series is
deaf to weaker ones, not to all.
"""

from dataclasses import dataclass

import numpy as np

from analytics.usual.hours import WEEK, Floats, Integers, Mask

N_WEEKS = 8
MARGIN = 1.5
MOST = 16.0


@dataclass(slots=True)
class Habit:
    """The highest score of each of the last weeks, (n_series, N_WEEKS), the running one first; days learnt so far."""

    weeks: Floats
    n_days: Integers

    def damping(self, open_at: float) -> Floats:
        """Give what to divide scores by, so that `open_at` means `MARGIN` times more than ever in these weeks."""
        damping: Floats = np.maximum(1.0, MARGIN * self.weeks.max(axis=1) / open_at)
        return damping

    def learn(self, scores: Floats, is_over: Mask) -> None:
        """Take in the highest score of a day that `is_over`."""
        is_new_week = is_over & (self.n_days > 0) & (self.n_days % WEEK == 0)
        if is_new_week.any():
            self.weeks[is_new_week, 1:] = self.weeks[is_new_week, :-1]
            self.weeks[is_new_week, 0] = 0.0
        highest = np.maximum(self.weeks[:, 0], np.minimum(scores, MOST))
        self.weeks[:, 0] = np.where(is_over, highest, self.weeks[:, 0])
        self.n_days += is_over


def no_habit() -> Habit:
    """Start with one series of which nothing is known."""
    return Habit(np.zeros((1, N_WEEKS)), np.zeros(1, np.int64))
