"""How disturbances of nights hang together: part of them is new each night, part of it stays for weeks.

The correlation at a distance of k nights is `share * memory**k`: white noise on top of a first-order autoregression.
Both numbers come from the baselines of all meters of a territory together, since one year of one meter holds only a
few independent spells of a disturbance that lasts a month.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
N_LAGS = 45
MEMORIES = np.concatenate([np.arange(0.0, 0.9, 0.1), np.arange(0.9, 0.996, 0.005)])
CLIP = 4.0  # spreads: nights of outages say nothing about the ordinary ones
N_CORRECTIONS = 8


@dataclass(frozen=True, slots=True)
class Noise:
    """`share` (0 to 1) of the variance stays, and fades by `memory` (0 to 1) from night to night.

    `common` is the correlation between two meters in the same night; `n_effective` counts the independent spells that
    all this was learnt from.
    """

    share: float
    memory: float
    common: float
    n_effective: float

    def correlation(self, days: NDArray[np.int64]) -> Floats:
        """Give the matrix of correlations between nights, (n, n)."""
        distance = np.abs(days[:, None] - days[None, :]).astype(np.float64)
        matrix: Floats = self.share * self.memory**distance
        matrix[np.diag_indices(days.size)] = 1.0
        return matrix

    def variance_of_mean(self, n_nights: int) -> float:
        """Give the variance of the mean of so many consecutive nights, for a variance of 1 of each."""
        return float(self.correlation(np.arange(n_nights)).mean())


def learn_noise(days: Sequence[NDArray[np.int64]], residuals: Sequence[Floats]) -> Noise:
    """Learn from the relative residuals of several meters' baselines, each with its days (ordinals).

    A residual is measured from a mean that the same disturbances moved, which makes them look less correlated than
    they are: the variance of that mean is added back until the answer stands.
    """
    span = min(int(day.min()) for day in days), max(int(day.max()) for day in days)
    grids = [on_calendar(day, residual, span) for day, residual in zip(days, residuals, strict=True)]
    measured = mean_over_meters([autocorrelation(grid) for grid in grids])
    n_nights = max(2, int(np.median([np.isfinite(grid).sum() for grid in grids])))
    noise = Noise(0.0, 0.0, 0.0, float(n_nights))
    for _ in range(N_CORRECTIONS):
        lost = noise.variance_of_mean(n_nights)
        share, memory = fit_decay(measured * (1 - lost) + lost)
        noise = Noise(share, memory, 0.0, 0.0)
    spells = 1 / max(noise.variance_of_mean(n_nights), 1 / n_nights)
    common = common_correlation(grids)
    n_meters = len(grids) / (1 + (len(grids) - 1) * common)
    return Noise(noise.share, noise.memory, common, spells * n_meters)


def on_calendar(days: NDArray[np.int64], residuals: Floats, span: tuple[int, int]) -> Floats:
    """Lay residuals out night by night, NaN where there is none, outliers cut, with mean 0 and variance 1."""
    spread = max(1.4826 * float(np.median(np.abs(residuals))), 1e-12)
    grid = np.full(span[1] - span[0] + 1, np.nan)
    grid[days - span[0]] = np.where(np.abs(residuals) <= CLIP * spread, residuals, np.nan)
    centred: Floats = grid - np.nanmean(grid)
    return centred / max(float(np.nanstd(centred)), 1e-12)


def autocorrelation(grid: Floats) -> Floats:
    """Give the correlation at distances of 1 to N_LAGS nights, NaN where too few pairs stand."""
    found = np.full(N_LAGS, np.nan)
    for lag in range(1, min(N_LAGS, grid.size - 10) + 1):
        products = grid[lag:] * grid[:-lag]
        if np.isfinite(products).sum() >= 10:
            found[lag - 1] = np.nanmean(products)
    return found


def fit_decay(measured: Floats) -> tuple[float, float]:
    """Find share and memory by least squares over the lags, memory on a grid."""
    lags = np.arange(1, measured.size + 1)
    usable = np.isfinite(measured)
    if not usable.any():
        return 0.0, 0.0
    best = (0.0, 0.0, float((measured[usable] ** 2).sum()))
    for memory in MEMORIES[1:]:
        shape = memory ** lags[usable]
        share = float(np.clip((shape @ measured[usable]) / (shape @ shape), 0, 1))
        error = float(((measured[usable] - share * shape) ** 2).sum())
        if error < best[2]:
            best = (share, float(memory), error)
    return best[0], best[1]


def mean_over_meters(measured: Sequence[Floats]) -> Floats:
    """Average over the meters that know a distance; NaN where none does."""
    stacked = np.stack(measured)
    known = np.isfinite(stacked).sum(axis=0)
    total: Floats = np.where(known > 0, np.nansum(stacked, axis=0) / np.maximum(known, 1), np.nan)
    return total


def common_correlation(grids: Sequence[Floats]) -> float:
    """Give the mean correlation of two meters in the same night, not below 0; 0 for a single meter."""
    stacked = np.stack(grids)
    stacked = np.where(np.isfinite(stacked), stacked, 0.0)
    n_both = np.isfinite(np.stack(grids)).astype(np.float64)
    products = stacked.sum(axis=0) ** 2 - (stacked**2).sum(axis=0)
    n_pairs = n_both.sum(axis=0) ** 2 - n_both.sum(axis=0)
    return float(np.clip(products.sum() / max(n_pairs.sum(), 1.0), 0.0, 1.0))
