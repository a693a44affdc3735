"""Mains in the order in which to renew them, and the share of breaks that a share of the length catches."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.water_mains.features import is_own
from analytics.water_mains.model import foretell
from analytics.water_mains.network import Breaks, Floats, Integers, Mains

TOP_SHARES = (0.01, 0.05, 0.1)
N_YEARS = 3


@dataclass(frozen=True, slots=True)
class Catch:
    """Share of breaks caught by share of the length that is first in the list, of how many in how many years."""

    share_by_length: Mapping[float, float]
    n_breaks: int
    n_years: int


def order_by_metre(expected: Floats, length_m: Floats) -> Integers:
    """Put first where a metre renewed avoids most breaks; ties stay in their order."""
    return np.argsort(-expected / length_m, kind="stable")


def caught(order: Integers, n_breaks: Floats, length_m: Floats, share: float) -> float:
    """Give the share of breaks that befall the first pipes of a list, as far as they fit into a share of the length.

    NaN where there was no break.
    """
    lengths = np.cumsum(length_m[order])
    n_taken = int(np.searchsorted(lengths, share * lengths[-1], side="right"))
    total = float(n_breaks.sum())
    return float(n_breaks[order][:n_taken].sum()) / total if total else float("nan")


def catch_lately(mains: Mains, breaks: Breaks, until: float) -> Catch | None:
    """Count what the lists of the last three years would have caught, each made of what was known before its year.

    None where no list could be made, or no main broke.
    """
    taken, n_breaks, n_years = np.zeros(len(TOP_SHARES)), 0.0, 0
    for back in range(N_YEARS, 0, -1):
        told = foretell(mains, breaks, until - back)
        if told.refusal is not None:
            continue
        own = is_own(mains, breaks) & (breaks.at >= until - back) & (breaks.at < until - back + 1)
        counts = np.bincount(breaks.main[own], minlength=mains.n)[told.mains].astype(float)
        lengths = mains.length_m[told.mains]
        order = order_by_metre(told.rate, lengths)
        if counts.any():
            taken += counts.sum() * np.array([caught(order, counts, lengths, share) for share in TOP_SHARES])
        n_breaks, n_years = n_breaks + float(counts.sum()), n_years + 1
    if not n_breaks:
        return None
    return Catch(dict(zip(TOP_SHARES, (taken / n_breaks).tolist(), strict=True)), int(n_breaks), n_years)
