"""How well models do on what was held out, by type of asset, and whether one does clearly worse on a type.

Two models are compared on the same units, pair by pair: one is clearly worse on a type where it loses more on average,
by two standard errors of the differences and by a twentieth of what the other loses; on fewer than three units nothing
is clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.remaining_life.features import Floats

LEAST_UNITS = 3
N_ERRORS, CLEAR_SHARE = 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model loses on the units of a type that were held out, lower is better.

    `losses` and `counts` are by unit (n_units,), in the same order for every model; `n` is by how many the sum of the
    losses is divided: units, ends, or what else the family's `measure` says.
    """

    losses: Floats
    counts: Floats
    n: float

    @property
    def total(self) -> float:
        """Give the sum of all losses."""
        return float(np.sum(self.losses * self.counts))

    @property
    def score(self) -> float | None:
        """Give what is lost by each of `n`; None of none."""
        return self.total / self.n if self.n else None


JudgedByType = Mapping[str, Judged]


def score_of(judged: JudgedByType) -> float:
    """Give what is lost over all types."""
    return sum(one.total for one in judged.values()) / sum(one.n for one in judged.values())


def worse_types(own: JudgedByType, champion: JudgedByType) -> list[str]:
    """Give the types on which a model does clearly worse than the champion."""
    return sorted(kind for kind in own if is_clearly_worse(own[kind], champion[kind]))


def is_clearly_worse(own: Judged, champion: Judged) -> bool:
    """Say whether a model does clearly worse than another on the same units."""
    n_units = float(own.counts.sum())
    if n_units < LEAST_UNITS:
        return False
    more = own.losses - champion.losses
    mean = float(np.average(more, weights=own.counts))
    error = float(np.sqrt(np.average((more - mean) ** 2, weights=own.counts) / (n_units - 1)))
    usual = abs(float(np.average(champion.losses, weights=own.counts)))
    return mean > N_ERRORS * error and mean > CLEAR_SHARE * usual
