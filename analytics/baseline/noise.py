"""How disturbances of nights hang together: part fades in days (weather, voltage), part stays for weeks (lamps out).

Correlation at a distance of k nights: `share * memory**k + (1 - share) * FAST**k`. What counts for the mean of a month
is the slow part, so both numbers are learnt from means of blocks of ten nights, by restricted maximum likelihood
(Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545): a residual is measured from a line that the same
disturbances moved, and plain autocorrelations would therefore come out too small. All meters of a territory tell
together, since one year of one meter holds only a few independent spells of a disturbance that lasts a month.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.spread import spread

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
BLOCK = 10  # nights
FAST = 0.8
MEMORIES = (0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99)
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
CLIP = 4.0  # spreads: nights of outages say nothing about the ordinary ones
MOST_METERS = 24  # more tell nothing new of the two numbers


@dataclass(frozen=True, slots=True)
class Residuals:
    """Relative residuals of one meter's baseline: days (ordinals), residuals, and its design over the fitted values."""

    days: Days
    values: Floats
    design: Floats  # (n, 2)


@dataclass(frozen=True, slots=True)
class Noise:
    """`share` (0 to 1) of the variance fades by `memory` from night to night, the rest by FAST.

    `common` is the correlation between two meters in the same night, `n_spells` counts the independent spells that all
    this was learnt from.
    """

    share: float
    memory: float
    common: float
    n_spells: float

    def correlation(self, days: Days) -> Floats:
        """Give the matrix of correlations between nights, (n, n)."""
        distance = np.abs(days[:, None] - days[None, :])
        lags = np.arange(int(distance.max()) + 1, dtype=np.float64)
        by_lag: Floats = self.share * self.memory**lags + (1 - self.share) * FAST**lags
        matrix: Floats = by_lag[distance]
        return matrix


@dataclass(frozen=True, slots=True)
class Blocks:
    """Means of blocks of nights: which nights went in (n_blocks, n_nights), residuals (n_blocks,), design."""

    mixing: Floats
    days: Days
    values: Floats
    design: Floats


def learn_noise(meters: Sequence[Residuals]) -> Noise:
    """Learn from the baselines of several meters."""
    step = max(1, len(meters) // MOST_METERS)
    blocks = [to_blocks(meter) for meter in meters[::step]]
    likelihoods = np.sum([judge_candidates(block)[0] for block in blocks], axis=0)
    best = candidates()[int(np.argmax(likelihoods))]
    common = common_correlation(meters[::step])
    days = np.arange(int(np.median([meter.days.size for meter in meters])))
    spells = 1 / float(best.correlation(days).mean())
    return Noise(best.share, best.memory, common, spells)


def spread_of(meter: Residuals, noise: Noise) -> float:
    """Give the standard deviation of a meter's single nights that goes with how its blocks vary."""
    return float(np.sqrt(likelihood(to_blocks(meter), noise)[1]))


def to_blocks(meter: Residuals) -> Blocks:
    """Average a meter's residuals over blocks of nights, outliers left out."""
    kept = ordinary(meter.values)
    days, values, design = meter.days[kept], meter.values[kept], meter.design[kept]
    _, block = np.unique((days - days.min()) // BLOCK, return_inverse=True)
    mixing = np.zeros((int(block.max()) + 1, days.size))
    mixing[block, np.arange(days.size)] = 1.0
    mixing /= mixing.sum(axis=1, keepdims=True)
    return Blocks(mixing, days, mixing @ values, mixing @ design)


def ordinary(values: Floats) -> NDArray[np.bool_]:
    """Say which residuals are no outliers."""
    middle = float(np.median(values))
    kept: NDArray[np.bool_] = np.abs(values - middle) <= CLIP * max(spread(values), 1e-12)
    return kept


def candidates() -> list[Noise]:
    """Give the shares and memories that are tried."""
    return [Noise(share, memory, 0.0, 0.0) for memory in MEMORIES for share in SHARES]


def judge_candidates(blocks: Blocks) -> tuple[Floats, Floats]:
    """Give each candidate's restricted log likelihood and most likely variance; both parts are averaged once."""
    fast = covariance_of(blocks, Noise(0.0, FAST, 0.0, 0.0))
    slow = {memory: covariance_of(blocks, Noise(1.0, memory, 0.0, 0.0)) for memory in MEMORIES}
    judged = [explain(blocks, one.share * slow[one.memory] + (1 - one.share) * fast) for one in candidates()]
    return np.array([one for one, _ in judged]), np.array([variance for _, variance in judged])


def likelihood(blocks: Blocks, noise: Noise) -> tuple[float, float]:
    """Give the restricted log likelihood of blocks, and the variance of single nights that is most likely with it."""
    return explain(blocks, covariance_of(blocks, noise))


def covariance_of(blocks: Blocks, noise: Noise) -> Floats:
    """Give how the means of blocks vary together, for nights of variance 1."""
    covariance: Floats = blocks.mixing @ noise.correlation(blocks.days) @ blocks.mixing.T
    return covariance


def explain(blocks: Blocks, covariance: Floats) -> tuple[float, float]:
    """Give the restricted log likelihood of blocks that vary so, and the most likely variance of single nights."""
    factor = np.linalg.cholesky(covariance + 1e-9 * np.eye(covariance.shape[0]))
    values = np.linalg.solve(factor, blocks.values)
    design = np.linalg.solve(factor, blocks.design)
    orthogonal, upper = np.linalg.qr(design)
    left = values - orthogonal @ (orthogonal.T @ values)
    freedom = max(values.size - design.shape[1], 1)
    variance = max(float(left @ left) / freedom, 1e-18)
    log_determinants = 2 * np.log(np.diag(factor)).sum() + 2 * np.log(np.abs(np.diag(upper)) + 1e-300).sum()
    return float(-0.5 * (log_determinants + freedom * np.log(variance))), variance


def common_correlation(meters: Sequence[Residuals]) -> float:
    """Give the mean correlation of two meters in the same night, not below 0; 0 for a single meter."""
    first, last = min(int(m.days.min()) for m in meters), max(int(m.days.max()) for m in meters)
    grid = np.zeros((len(meters), last - first + 1))
    is_known = np.zeros(grid.shape)
    for row, meter in enumerate(meters):
        kept = ordinary(meter.values)
        values = meter.values[kept] - meter.values[kept].mean()
        grid[row, meter.days[kept] - first] = values / max(float(values.std()), 1e-12)
        is_known[row, meter.days[kept] - first] = 1.0
    products = grid.sum(axis=0) ** 2 - (grid**2).sum(axis=0)
    n_pairs = is_known.sum(axis=0) ** 2 - is_known.sum(axis=0)
    return float(np.clip(products.sum() / max(float(n_pairs.sum()), 1.0), 0.0, 1.0))
