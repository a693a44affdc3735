"""Running mean and variance of several quantities of many series, old rows fading, and how far a value lies from them.

Exponential weighting with a gain of 1/n up to `N_ROWS` rows, so that the first rows count like all others (West 1979,
doi:10.1145/359146.359153, with a bounded n). Arrays have the series as their last axis, so that a prefix of series is a
view; every operation is element by element, which makes the result of a series independent of those beside it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

N_ROWS = 6400.0
SMALLEST = 1e-9  # keeps a series of zeros from dividing by zero


@dataclass(slots=True)
class Moments:
    """Rows learnt, mean and variance, each (n_quantities, n_series)."""

    n: Floats
    mean: Floats
    variance: Floats

    def strangeness(self, values: Floats, floor: Floats, n_least: float) -> tuple[Floats, Floats]:
        """Give the distance of values from the mean in spreads of at least `floor`, and that spread.

        Both are (n_quantities, n_series); the distance is 0 where fewer than `n_least` rows were learnt.
        """
        spread = np.sqrt(self.variance) + floor
        known = self.n >= n_least
        return np.where(known, np.abs(values - self.mean) / spread, 0.0), spread

    def learn(self, values: Floats, taught: Mask) -> None:
        """Take in one row of each series that is `taught`, (n_series,) or (n_quantities, n_series)."""
        n = np.minimum(self.n + 1.0, N_ROWS)
        gain = np.where(taught, 1.0 / n, 0.0)
        step = values - self.mean
        self.variance += gain * ((1.0 - gain) * step * step - self.variance)
        self.mean += gain * step
        self.n[...] = np.where(taught, n, self.n)
