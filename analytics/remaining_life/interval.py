"""Intervals from the errors about whole units that a model had not seen (conformal, after Vovk and others, 2005).

Errors differ along a life: at its beginning nobody can tell much, near its end they are small. So bounds are quantiles
of the errors of those answers that were next to this one, every unit with the same weight. With n units the
quantiles are a little wider, by (n + 1) / n, so that a new unit is held as often as promised.
"""

from dataclasses import dataclass

import numpy as np

from analytics.remaining_life.features import Floats

N_LEVELS = 26
NEAR = 0.2  # share of all errors that bounds at one answer rest on


@dataclass(frozen=True, slots=True)
class Bounds:
    """What to add to an answer: `low` and `high` at each of the `levels` of it, straight lines between them."""

    levels: Floats
    low: Floats
    high: Floats

    def around(self, told: Floats, longest: float) -> tuple[Floats, Floats]:
        """Give both ends of the intervals, between 0 and `longest`, holding the answer itself."""
        low = np.clip(told + np.interp(told, self.levels, self.low), 0.0, longest)
        high = np.clip(told + np.interp(told, self.levels, self.high), 0.0, longest)
        return np.minimum(low, told), np.maximum(high, told)


def learn_bounds(told: Floats, true: Floats, unit: Floats, coverage: float) -> Bounds:
    """Learn from answers about units that had not been seen, with what was true and the unit each is about."""
    order = np.argsort(told, kind="stable")
    told, error, unit = told[order], (true - told)[order], unit[order]
    _, inverse, counts = np.unique(unit, return_inverse=True, return_counts=True)
    weight = 1.0 / counts[inverse]
    tail = max((1 - coverage) / 2 - coverage / 2 / len(counts), 0.0)
    places = np.cumsum(weight) / weight.sum()
    levels, low, high = np.quantile(told, np.linspace(0, 1, N_LEVELS)), np.zeros(N_LEVELS), np.zeros(N_LEVELS)
    for index, place in enumerate(np.linspace(0, 1, N_LEVELS)):
        begin = min(max(place - NEAR / 2, 0.0), 1.0 - NEAR)
        near = (places >= begin) & (places <= begin + NEAR + 1e-9)
        low[index], high[index] = weighted_quantiles(error[near], weight[near], (tail, 1 - tail))
    return Bounds(levels, low, high)


def weighted_quantiles(values: Floats, weights: Floats, shares: tuple[float, float]) -> Floats:
    """Give the values below which these shares of the weight lie."""
    order = np.argsort(values, kind="stable")
    places = np.cumsum(weights[order]) / weights.sum()
    index = np.minimum(np.searchsorted(places, shares), len(values) - 1)
    return np.asarray(values[order][index], dtype=np.float64)
