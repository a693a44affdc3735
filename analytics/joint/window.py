"""Windows of one series judged by the principal components of its own past windows (sub-sequence PCA).

A window of m values, less its own mean, is a row of m columns: `analytics.joint.model` says how unlike all earlier
shapes it is. Principal components of windows are the best univariate method of TSB-AD (Liu and Paparrizos, NeurIPS
2024), at the cost of one eigenproblem.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analytics.joint.model import Floats, Model, judge, learn

N_SHORTEST = 8  # values of a window
TOLERANCE = 0.01  # as share of the variance of a column
ALIKE = 0.9  # of the highest autocorrelation: of the multiples of a period the first counts


def learn_windows(windows: Floats) -> Model | None:
    """Learn from windows (n_windows, m); None where there are fewer than two, or nothing moves in them."""
    if len(windows) < 2 or not np.ptp(windows, axis=1).any():
        return None
    return learn(centred(windows), TOLERANCE)


def judge_windows(model: Model, windows: Floats) -> Floats:
    """Give the index of each window: about 1 when ordinary."""
    return judge(model, centred(windows)).index


def windows_of(values: Floats, m: int) -> Floats:
    """Give all windows of m values, each a step after the one before: (n - m + 1, m)."""
    return np.asarray(sliding_window_view(values, m))


def centred(windows: Floats) -> Floats:
    """Take from each window its own mean: levels are for other detectors."""
    return np.asarray(windows - windows.mean(axis=1, keepdims=True))


def find_period(values: Floats) -> int | None:
    """Give the period of values [steps]: where they are first as like themselves as they ever get again.

    None where their autocorrelation never falls below 0 within a third of them, or they do not move.
    """
    away = values - values.mean()
    n = len(values)
    transformed = np.fft.rfft(away, 2 * n)
    correlation = np.fft.irfft(transformed * np.conj(transformed))[:n] / (n - np.arange(n))
    within = correlation[: n // 3]
    below = np.flatnonzero(within < 0)
    if not below.size or not correlation[0] > 0:
        return None
    later = within[int(below[0]) :]
    is_like = later >= ALIKE * later.max()
    first = int(is_like.argmax())
    n_like = int(np.append(~is_like[first:], True).argmax())
    return int(below[0]) + first + int(later[first : first + n_like].argmax())
