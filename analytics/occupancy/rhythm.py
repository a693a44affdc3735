"""What a car park usually is at each step: the same clock of the same kind of day, newer weeks weighing more.

Exponential smoothing by kind of day and step (R. G. Brown, Statistical forecasting for inventory control, 1959): at any
step only earlier days are known, so that what is learnt from the past holds for what comes. A public holiday is a
Sunday.
"""

import numpy as np

from analytics.occupancy.grid import DAY_STEPS, Floats, Grid

FAST, SLOW = 0.5, 0.12  # weight of the newest day of its kind
N_KINDS = 7


def usual_shares(grid: Grid, weight: float) -> Floats:
    """Give what is usual at each step, (n_parks, n_steps), out of the days before; NaN where none was of the kind.

    A day that is not known teaches nothing. The first days weigh evenly, until the newest would weigh less than
    `weight`.
    """
    n_parks, n_days = grid.kinds.shape
    days = grid.shares.reshape(n_parks, n_days, DAY_STEPS)
    usual = np.full((n_parks, N_KINDS, DAY_STEPS), np.nan)
    n_seen = np.zeros((n_parks, N_KINDS, DAY_STEPS))
    expected = np.empty_like(days)
    parks = np.arange(n_parks)
    for index in range(n_days):
        kind = grid.kinds[:, index]
        known = usual[parks, kind]
        expected[:, index] = known
        day = days[:, index]
        is_seen = np.isfinite(day)
        n_seen[parks, kind] += is_seen
        share = np.maximum(weight, 1 / np.maximum(n_seen[parks, kind], 1))
        moved = np.where(np.isfinite(known), known + share * (day - known), day)
        usual[parks, kind] = np.where(is_seen, moved, known)
    return expected.reshape(n_parks, -1)
