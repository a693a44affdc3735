"""Whether what a model is asked about still looks like what it learnt from: the population stability index.

The sum over tenths of the training values of (share now - share then) times the logarithm of their ratio; below 0.1
nothing has moved, from 0.25 on the model should be trained anew (as credit scoring reads it: N. Siddiqi, 2006).
"""

from collections.abc import Mapping

import numpy as np

from analytics.remaining_life.features import Floats

MOVED, N_TENTHS, LEAST_SHARE = 0.25, 10, 1e-3


def describe(values: Floats) -> Mapping[str, list[float]]:
    """Give edges and shares of the tenths of the known values, for a card."""
    known = values[np.isfinite(values)]
    if not known.size:
        return {"edges": [], "shares": []}
    edges = np.unique(np.quantile(known, np.linspace(0, 1, N_TENTHS + 1)[1:-1]))
    return {"edges": edges.tolist(), "shares": shares_of(known, edges).tolist()}


def stability(then: Mapping[str, list[float]], values: Floats) -> float | None:
    """Give the index of values now; None where nothing was known then or is now."""
    known = values[np.isfinite(values)]
    if not known.size or not then["shares"]:
        return None
    now = np.maximum(shares_of(known, np.array(then["edges"])), LEAST_SHARE)
    past = np.maximum(np.array(then["shares"]), LEAST_SHARE)
    return float(np.sum((now - past) * np.log(now / past)))


def shares_of(values: Floats, edges: Floats) -> Floats:
    """Give the share of the values in each part between the edges."""
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.asarray(counts / len(values), dtype=np.float64)
