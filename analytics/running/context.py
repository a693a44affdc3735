"""How seldom a series has gone from where it was to where it is: contexts counted, no shape assumed.

Each row becomes one of six symbols: four levels around the running mean, and a new lowest or highest value ever. The
surprise of a symbol after the symbol before it is log((1 + times the context came) / (1 + times it went on so)), 0 for
what always follows; that of the symbol without a context is added. The idea of contextual anomaly detectors: what
counts is whether this has followed that, not how large it is.
"""

from dataclasses import dataclass

import numpy as np

from analytics.running.moments import Floats, Integers

EDGES = (-0.67, 0.0, 0.67)  # quartiles of a normal distribution, in spreads
LOWEST, HIGHEST = 0, 5
N_SYMBOLS = 6
MOST = 6400.0  # counts are halved beyond, so that habits of long ago fade


@dataclass(slots=True)
class Contexts:
    """Times a symbol came, (6, n_series), and after which, (6, 6, n_series); lowest, highest, last symbol."""

    came: Floats
    followed: Floats
    low: Floats
    high: Floats
    last: Integers

    def surprise(self, values: Floats, signed: Floats) -> Floats:
        """Take in one row of each series, `signed` its distance from the mean in spreads; give how surprising it is."""
        symbol = 1 + np.searchsorted(EDGES, signed)
        symbol = np.where(values > self.high, HIGHEST, np.where(values < self.low, LOWEST, symbol))
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)
        series = np.arange(values.size)
        after = self.followed[self.last, :, series].T
        surprise = rarity(self.came, symbol, series) + rarity(after, symbol, series)
        self.came[symbol, series] += 1.0
        self.followed[self.last, symbol, series] += 1.0
        self.last[...] = symbol
        self.fade()
        return surprise

    def fade(self) -> None:
        """Halve the counts of series that have come far."""
        many = np.flatnonzero(total_of(self.came) > MOST)
        if many.size:
            self.came[:, many] /= 2.0
            self.followed[:, :, many] /= 2.0


def total_of(counts: Floats) -> Floats:
    """Add up six counts, in the same order however many series there are."""
    total: Floats = np.add.accumulate(counts, axis=0)[-1]
    return total


def rarity(counts: Floats, symbol: Integers, series: Integers) -> Floats:
    """Give how rare a symbol is among counts, (6, n_series)."""
    rare: Floats = np.log((1.0 + total_of(counts)) / (1.0 + counts[symbol, series]))
    return rare
