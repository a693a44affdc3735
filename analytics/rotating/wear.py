"""Wear of a bearing by the level of its vibration against its own clean level: a CUSUM, and a rise that lasts.

A one-sided CUSUM (Page 1954, doi:10.1093/biomet/41.1-2.100) adds up how far the logarithm of each step lies above
clean, in the sigma of ordinary steps less `SLACK`. Worn is what stands above `LIMIT` and whose last `N_STEPS` steps all
lie at `WORN` times clean: a quarter more is the change that ISO 20816-1 (criterion II) calls significant. A step is as
long as its caller makes it: a day of a pump in a town, an hour of a rig that wears a bearing out in a week.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_SIGMA = 0.02  # of the logarithm: what a sensor of vibration cannot tell apart from step to step
SLACK, LIMIT = 1.5, 8.0
N_STEPS = 3
WORN = 1.25
TRANSMITTED = 0.5


def worn_steps(logs: Floats, sigma: float, worn: float = WORN) -> Mask:
    """Say at which steps (n,) a bearing is known to be worn; `logs` are of its level over clean.

    `sigma` is the ordinary standard deviation of the logarithm from step to step, `worn` the multiple of clean that
    counts. Only what came before counts.
    """
    is_high = logs >= np.log(worn)
    lasts = is_high.copy()
    for back in range(1, N_STEPS):
        lasts[back:] &= is_high[:-back]
        lasts[:back] = False
    return np.asarray(lasts & (add_up(logs, sigma) > LIMIT))


def add_up(logs: Floats, sigma: float, least_sigma: float = LEAST_SIGMA) -> Floats:
    """Give the one-sided CUSUM of the logarithms over clean; held down, so that a repair shows."""
    steps = logs / max(sigma, least_sigma) - SLACK
    sums = np.zeros(steps.size)
    total = 0.0
    for index, step in enumerate(steps.tolist()):
        total = min(max(0.0, total + step), 2 * LIMIT)
        sums[index] = total
    return sums


def own_rise(logs: Floats) -> Mask:
    """Say where the rise of each bearing (n_steps, n_bearings) is its own, not carried over by the shaft they share.

    A bearing that fails shakes its neighbours: theirs is not their own below `TRANSMITTED` of the strongest (of the
    logarithms, which are decibels).
    """
    strongest = np.maximum(logs.max(axis=1, keepdims=True), 0.0)
    return np.asarray(logs >= TRANSMITTED * strongest)
