"""Whether what a model is asked about still looks like what it learnt from: the population stability index.

The sum over tenths of the training values of (share now - share then) times the logarithm of their ratio; below 0.1
nothing has moved, from 0.25 on the model should be trained anew (as credit scoring reads it: N. Siddiqi, 2006). Of few
values it is large by chance: what 99 of 100 draws from the same values stay below is taken off (it goes as chi square
times the sum of the reciprocal numbers: B. Yurdakul and J. Naranjo, Journal of Risk Model Validation 14(4), 2020).
"""

from collections.abc import Mapping

import numpy as np
from scipy.stats import chi2

from analytics.remaining_life.features import Floats

MOVED, N_TENTHS, LEAST_SHARE = 0.25, 10, 1e-3
BY_CHANCE, HALF_A_VALUE = 0.99, 0.5


def describe(values: Floats) -> Mapping[str, list[float]]:
    """Give edges and shares of the tenths of the known values, and how many these are, for a card."""
    known = values[np.isfinite(values)]
    if not known.size:
        return {"edges": [], "shares": [], "n": [0.0]}
    edges = np.unique(np.quantile(known, np.linspace(0, 1, N_TENTHS + 1)[1:-1]))
    return {"edges": edges.tolist(), "shares": shares_of(known, edges).tolist(), "n": [float(known.size)]}


def stability(then: Mapping[str, list[float]], values: Floats) -> float | None:
    """Give the index of values now, less what chance gives; None where nothing was known then or is now."""
    known = values[np.isfinite(values)]
    if not known.size or not then["shares"]:
        return None
    (n_then,) = then.get("n", [float(known.size)])  # cards of before do not say
    now = np.maximum(shares_of(known, np.array(then["edges"])), max(LEAST_SHARE, HALF_A_VALUE / known.size))
    past = np.maximum(np.array(then["shares"]), max(LEAST_SHARE, HALF_A_VALUE / n_then))
    by_chance = (1 / n_then + 1 / known.size) * chi2.ppf(BY_CHANCE, max(len(past) - 1, 1))
    return max(float(np.sum((now - past) * np.log(now / past))) - float(by_chance), 0.0)


def shares_of(values: Floats, edges: Floats) -> Floats:
    """Give the share of the values in each part between the edges."""
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.asarray(counts / len(values), dtype=np.float64)
