"""How well a baseline is explained, in the words of ASHRAE Guideline 14-2014: CV(RMSE), NMBE, R², uncertainty."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from analytics.building.periods import Floats, Integers

LEAST_INDEPENDENT = 4.0
MONTH_DAYS = 365.25 / 12
# Sun and Baltazar 2013, for days: what autocorrelation adds in a reporting period of M months, a M² + b M + c.
DAILY = (-0.00024, 0.03535, 1.00286)


@dataclass(frozen=True, slots=True)
class Quality:
    """CV(RMSE) and NMBE as shares of mean use (NMBE above 0: the model says too little), R², and the correlation of
    neighbouring residuals with the number of independent ones that is left.
    """

    cv_rmse: float
    nmbe: float
    r_squared: float
    correlation: float
    n: int
    n_independent: float
    n_parameters: int


def judge(kwh: Floats, fitted: Floats, at: Integers, n_parameters: int) -> Quality:
    """Judge a fit.

    Parameters
    ----------
    kwh, fitted
        What was used and what the model says of it, shape (n,), n above `n_parameters`.
    at
        Numbers of days or hours, rising, shape (n,): residuals are neighbours where the step is the usual one.
    """
    left, mean = kwh - fitted, float(kwh.mean())
    freedom = max(kwh.size - n_parameters, 1)
    squares, spread = float(left @ left), float(((kwh - mean) ** 2).sum())
    r = correlation(left, at)
    return Quality(
        cv_rmse=float(np.sqrt(squares / freedom)) / mean,
        nmbe=float(left.sum()) / freedom / mean,
        r_squared=1 - squares / spread if spread > 0 else 0.0,
        correlation=r,
        n=kwh.size,
        n_independent=independent(kwh.size, r),
        n_parameters=n_parameters,
    )


def guideline_half_width(quality: Quality, n_reported: int, n_days: float, level: float = 0.90) -> float:
    """Give half the width of a saving's interval as a share of what would have been used (Guideline 14-2014, 4.2.11).

    The fractional savings uncertainty times the fraction saved, with the polynomial of Sun and Baltazar (2013) in place
    of 1.26 and the baseline's residuals reduced to independent ones (Reddy and Claridge 2000, HVAC&R Research 6(1)).

    Parameters
    ----------
    n_reported
        Stretches in the reporting period.
    n_days
        Its length [d].
    """
    a, b, c = DAILY
    months = n_days / MONTH_DAYS
    free = quality.n_independent
    t = float(stdtrit(max(free - quality.n_parameters, 1.0), (1 + level) / 2))
    spread = quality.cv_rmse * float(np.sqrt(quality.n / free * (1 + 2 / free) / max(n_reported, 1)))
    return t * (a * months**2 + b * months + c) * spread


def correlation(left: Floats, at: Integers) -> float:
    """Give the correlation of neighbouring residuals, 0 to 1; below 0 counts as 0, too few as 0."""
    if left.size < 3:
        return 0.0
    steps = np.diff(at)
    near = steps <= np.median(steps) * 1.5
    centred = left - left.mean()
    variance = float(centred @ centred) / left.size
    if variance <= 0 or not near.any():
        return 0.0
    together = float((centred[1:] * centred[:-1])[near].mean())
    return float(np.clip(together / variance, 0.0, 0.99))


def independent(n: int, r: float) -> float:
    """Give the number of independent residuals among n (Guideline 14-2014, equation 4-8)."""
    return max(n * (1 - r) / (1 + r), LEAST_INDEPENDENT)
