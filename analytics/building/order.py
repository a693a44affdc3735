"""The median of some values with an interval out of their order: no distribution is assumed."""

import numpy as np
from scipy.special import bdtr

from analytics.building.periods import Floats

LEVEL = 0.90


def median_interval(values: Floats, level: float = LEVEL) -> tuple[float, float, float]:
    """Give (low, median, high): the two values between which the true median lies at least as surely as `level`.

    Counted from both ends, leaving out k values, with the largest k for which at most k of n tosses of a coin fall one
    way with a probability of no more than (1 - level) / 2; where there is no such k, the extremes.

    Parameters
    ----------
    values
        Shape (n,), n at least 1, not in any order.
    """
    ordered = np.sort(values)
    n = ordered.size
    within = [k for k in range((n + 1) // 2) if float(bdtr(k, n, 0.5)) <= (1 - level) / 2]
    k = max(within, default=0)
    return float(ordered[k]), float(np.median(ordered)), float(ordered[n - 1 - k])
