"""How far numbers scatter, told so that single outliers do not matter."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation of a normal distribution, 1 / Φ⁻¹(3/4).

Rousseeuw and Croux 1993, Journal of the American Statistical Association 88:1273-1283,
doi:10.1080/01621459.1993.10476408.
"""

NORMAL_90 = 1.645
"""Standard deviations on either side of the mean that hold 90 % of a normal distribution, Φ⁻¹(0.95)."""


def spread(values: Floats) -> float:
    """Give the standard deviation of values (n,) by their median absolute deviation, 0 for none."""
    return float(MAD_TO_SIGMA * np.median(np.abs(values - np.median(values)))) if values.size else 0.0


def spread_of_steps(values: Floats) -> float:
    """Give the standard deviation of values (n,) by the differences of neighbours, which a slow change does not widen.

    Robust: median absolute difference, scaled to a normal distribution; 0 below three values.
    """
    if values.size < 3:
        return 0.0
    return float(MAD_TO_SIGMA / np.sqrt(2) * np.median(np.abs(np.diff(values))))
