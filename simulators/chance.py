"""Random generators that depend on the seed, a name and a day only, so that any cut of time gives the same town."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

HIGHEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Chance:
    """The source of every draw of one town; `seed` from 0 to 4,294,967,295."""

    seed: int

    def of(self, name: str, index: int = 0) -> np.random.Generator:
        """Give the generator of a name and an index (a day, a window); the same arguments draw the same numbers."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(crc32(name.encode()), index % 2**32)))
