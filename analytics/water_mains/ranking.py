"""Mains in the order in which to renew them, and the share of breaks that a share of the length catches."""

import numpy as np

from analytics.water_mains.network import Floats, Integers


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
