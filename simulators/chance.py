"""Random generators that depend on the seed, a name and a day only, so that any cut of time gives the same town."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

from simulators.grid import Floats

HIGHEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Chance:
    """The source of every draw of one town; `seed` from 0 to 4,294,967,295."""

    seed: int

    def of(self, name: str, index: int = 0) -> np.random.Generator:
        """Give the generator of a name and an index (a day, a window); the same arguments draw the same numbers."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(crc32(name.encode()), index % 2**32)))


def draw_counts(draws: np.random.Generator, mean: Floats) -> Floats:
    """Draw Poisson counts, taking as many random numbers whatever the mean, so that twins of a town stay twins.

    Exact below a mean of 12, the normal approximation above.
    """
    luck, normal = draws.random(mean.shape), draws.standard_normal(mean.shape)
    counts: Floats = np.maximum(np.round(mean + np.sqrt(mean) * normal), 0)
    rare = mean < 12
    expected, lucky = mean[rare], luck[rare]
    few, share = np.zeros(expected.shape), np.exp(-expected)
    reached = share.copy()
    for number in range(1, 40):
        few += lucky > reached
        share = share * expected / number
        reached += share
    counts[rare] = few
    return counts
