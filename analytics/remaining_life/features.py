"""What a unit has shown up to each step: rolling means, spread, trends, and change against its own beginning.

A step is a cycle, a day or an hour of use; a row holds what the sensors said in it. Only earlier rows of the same unit
count, so that a row's features are the same whether or not the unit has gone on since.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Lengths [steps]: of rolling means, of spread and trends, and of the beginning that a unit is compared with.

    A `beginning` of 0 says that units are not seen from theirs on: nothing is compared with it, and steps are not
    counted, so that features rest on the longest window alone.
    """

    means: tuple[int, ...] = (5, 15, 30, 60)
    spread: int = 30
    slopes: tuple[int, ...] = (30, 60)
    beginning: int = 20


def look(rows: Floats, windows: Windows) -> Floats:
    """Give features (n_steps, n_features) of a unit's rows (n_steps, n_sensors), in order of time.

    NaN is not known and takes no part; where a window holds nothing known its features are NaN. Windows that reach
    before the first row begin with it. The last feature counts the steps.
    """
    means = {length: rolling_mean(rows, length) for length in {*windows.means, windows.spread}}
    wide = means[windows.spread]
    mean_squares = rolling_mean(rows**2, windows.spread)
    compared, counted = [], []
    if windows.beginning:
        beginning = mean_of_beginning(rows, windows.beginning)
        compared = [means[length] - beginning for length in sorted(windows.means)[1:3]]
        counted = [np.arange(1.0, len(rows) + 1.0)[:, None]]
    return np.hstack(
        [
            *(means[length] for length in windows.means),
            np.sqrt(np.maximum(mean_squares - wide**2, 0.0)),
            means[min(windows.means)] - wide,
            *compared,
            *(rolling_slope(rows, length) for length in windows.slopes),
            *counted,
        ]
    )


def rolling_mean(rows: Floats, length: int) -> Floats:
    """Give the mean of what is known in the last `length` rows, this one included; NaN where nothing is."""
    known = np.isfinite(rows)
    totals = rolling_sum(np.where(known, rows, 0.0), length)
    numbers = rolling_sum(known.astype(np.float64), length)
    return np.where(numbers > 0, totals / np.maximum(numbers, 1.0), np.nan)


def rolling_sum(rows: Floats, length: int) -> Floats:
    """Add up the last `length` rows, this one included."""
    totals = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    ends = np.arange(1, len(rows) + 1)
    return np.asarray(totals[ends] - totals[np.maximum(ends - length, 0)], dtype=np.float64)


def rolling_slope(rows: Floats, length: int) -> Floats:
    """Give the slope of a straight line through the last `length` rows [unit per step]; 0 for the first row."""
    known = np.isfinite(rows)
    steps = np.where(known, np.arange(float(len(rows)))[:, None], np.nan)
    mean, middle = rolling_mean(rows, length), rolling_mean(steps, length)
    together = rolling_mean(rows * steps, length) - mean * middle
    apart = rolling_mean(steps**2, length) - middle**2
    return np.where(apart > 1e-9, together / np.maximum(apart, 1e-9), together * 0.0)


def mean_of_beginning(rows: Floats, length: int) -> Floats:
    """Give the mean of the first `length` rows; of those there are while there are fewer."""
    means = rolling_mean(rows[:length], length)
    return means[np.minimum(np.arange(len(rows)), length - 1)]
