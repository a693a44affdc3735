"""Windows of a structure's fast gauges in a few numbers: where it stands, and how much it trembles."""

import numpy as np

from analytics.spread import spread_of_steps
from analytics.structure.damage_index import Floats

LEAST_TREMBLE = 1e-9


def window_features(values: Floats, n_window: int) -> Floats:
    """Give (median, logarithm of the spread of steps) of each whole window of so many values, shape (n_windows, 2).

    Both are robust: a vehicle that passes moves neither much, a load that stands moves the first alone.
    """
    windows = values[: values.size // n_window * n_window].reshape(-1, n_window)
    return np.array([(np.median(one), np.log(max(spread_of_steps(one), LEAST_TREMBLE))) for one in windows])
