"""The effect of temperature taken out of what a structure's sensor says, without the slow change one looks for.

y(t) = a + b T(t) + c T24(t) + what else moves the structure, with T the structure's temperature and T24 its mean of
the 24 hours before (mass lags behind). b and c come from differences of hours a day apart, y(t) - y(t - 24 h): what
moves slowly is the same small constant in all of them and falls to the intercept, where a straight fit would give it
to the season's warming (regression on temperature as in Peeters and De Roeck 2001, Earthquake Engineering and
Structural Dynamics 30:149-171, here on differences). Differences beyond three sigma (median absolute deviation) are
left out once.
"""

import numpy as np

from analytics.maintenance.gauges import HOUR_S, Floats
from analytics.spread import spread

LEAST_DIFFERENCES = 72
LEAST_SPAN_K = 2.0
MOST = 1e9  # beyond what any sensor of a structure says
DAY_H = 24


def without_temperature(begins_s: Floats, values: Floats, at_s: Floats, temperature: Floats) -> tuple[Floats, Floats]:
    """Give (hours, values less the effect of temperature).

    Empty where temperature is known for too few hours, or hardly changed.

    Parameters
    ----------
    begins_s, values
        Hours [Unix s] and what a sensor said, shape (n,), in order of time.
    at_s, temperature
        Hours and temperature [°C] of the structure or the air, shape (m,), in order of time.
    """
    common, own, other = np.intersect1d(begins_s, at_s, return_indices=True)
    if common.size < DAY_H + LEAST_DIFFERENCES:
        return np.empty(0), np.empty(0)
    place = np.round((common - common[0]) / HOUR_S).astype(np.int64)
    y, now = (np.full(int(place[-1]) + 1, np.nan) for _ in range(2))
    y[place], now[place] = (np.where(np.abs(part) < MOST, part, np.nan) for part in (values[own], temperature[other]))
    causes = np.stack((now, mean_before(now)))
    slopes = fit(y[DAY_H:] - y[:-DAY_H], causes[:, DAY_H:] - causes[:, :-DAY_H])
    if slopes is None:
        return np.empty(0), np.empty(0)
    left = y - slopes @ causes
    known = np.isfinite(left)
    hours = common[0] + np.arange(y.size) * HOUR_S
    return hours[known], left[known]


def mean_before(values: Floats) -> Floats:
    """Give the mean of the 24 hours that end with each hour, NaN where fewer than half are known; shape (n,)."""
    known = np.isfinite(values)
    sums, n = (np.convolve(part, np.ones(DAY_H))[: values.size] for part in (np.where(known, values, 0.0), known * 1.0))
    means: Floats = np.where(n >= DAY_H // 2, sums / np.maximum(n, 1), np.nan)
    return means


def fit(change: Floats, causes: Floats) -> Floats | None:
    """Give the slopes of a change (n,) by those of its causes (n_causes, n), with an intercept; None if unknown."""
    known = np.isfinite(change) & np.isfinite(causes).all(axis=0)
    if known.sum() < LEAST_DIFFERENCES or np.ptp(causes[0, known]) < LEAST_SPAN_K:
        return None
    found: Floats = np.zeros(causes.shape[0] + 1)
    for _ in range(2):
        design = np.column_stack((causes[:, known].T, np.ones(int(known.sum()))))
        found = np.asarray(np.linalg.lstsq(design, change[known], rcond=None)[0], dtype=np.float64)
        off = np.abs(change - found[:-1] @ causes - found[-1])
        known &= off <= max(3 * spread(off[known]) + float(np.median(off[known])), 1e-12)
    slopes: Floats = found[:-1]
    return slopes
