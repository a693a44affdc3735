"""Survival curves of few failures: Weibull by maximum likelihood, with lives that go on and late beginnings.

W. Weibull, A statistical distribution function of wide applicability (1951). A life that goes on counts as having
lasted so far (right censored); one that was not watched from its beginning counts from when it was
seen (left truncated).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from analytics.remaining_life.features import Floats

LEAST_ENDED = 5  # of fewer no curve is told
SHAPES = (0.3, 12.0)


@dataclass(frozen=True, slots=True)
class Weibull:
    """Of `shape` (above 1: ageing) and `scale`, the age that 63 % do not outlive, in the unit of the ages."""

    shape: float
    scale: float
    n_ended: int

    def fails_within(self, age: Floats, span: float) -> Floats:
        """Give the probability of ending within a span, having reached an age."""
        more = self.hazard(age + span) - self.hazard(age)
        return np.asarray(-np.expm1(-more), dtype=np.float64)

    def remaining(self, age: Floats, share: float) -> Floats:
        """Give the time within which this share of those that reached an age has ended."""
        total = self.hazard(age) - np.log1p(-share)
        return np.asarray(self.scale * np.power(total, 1 / self.shape) - age, dtype=np.float64)

    def hazard(self, age: Floats) -> Floats:
        """Give the cumulative hazard at an age."""
        return np.asarray(np.power(np.maximum(age, 0.0) / self.scale, self.shape), dtype=np.float64)

    def log_likelihood(self, lives: "Lives") -> float:
        """Give how likely these lives are together, as a natural logarithm."""
        return float(np.sum(self.log_likelihoods(lives)))

    def log_likelihoods(self, lives: "Lives") -> Floats:
        """Give how likely each of these lives is (n_lives,), as a natural logarithm."""
        log_rate = np.log(self.shape / self.scale) + (self.shape - 1) * np.log(lives.age / self.scale)
        passed = self.hazard(lives.age) - self.hazard(lives.seen_from)
        return np.asarray(np.where(lives.is_ended, log_rate, 0.0) - passed, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Lives:
    """Ages (n_lives) from which each was seen and at which it ended or is now, above 0."""

    seen_from: Floats
    age: Floats
    is_ended: np.typing.NDArray[np.bool_]


def fit_weibull(lives: Lives) -> Weibull | None:
    """Fit; None where fewer than `LEAST_ENDED` have ended. Scale follows from shape, so one number is looked for."""
    n_ended = int(lives.is_ended.sum())
    if n_ended < LEAST_ENDED:
        return None
    unit = float(lives.age.max())
    scaled = Lives(lives.seen_from / unit, lives.age / unit, lives.is_ended)

    def curve_of(shape: float) -> Weibull:
        passed = np.sum(np.power(scaled.age, shape) - np.power(scaled.seen_from, shape))
        return Weibull(shape, float((passed / n_ended) ** (1 / shape)), n_ended)

    found = minimize(
        lambda log_shape: -curve_of(float(np.exp(log_shape[0]))).log_likelihood(scaled),
        [0.0],
        method="L-BFGS-B",
        bounds=[tuple(np.log(SHAPES))],
    )
    best = curve_of(float(np.exp(found.x[0])))
    return Weibull(best.shape, best.scale * unit, n_ended)


def lives_of_rows(rows: Sequence[tuple[float, float, bool]]) -> Lives:
    """Make lives of (seen from, age, ended); an age of none counts as a tiny one."""
    table = np.array([(seen, age, float(ended)) for seen, age, ended in rows], dtype=np.float64).reshape(-1, 3)
    return Lives(np.maximum(table[:, 0], 0.0), np.maximum(table[:, 1], 1e-9), table[:, 2] > 0)
