"""Days of frost and thaw of a road's surface: days on which it was below and above 0 °C.

Water that freezes in cracks and thaws again wears a surface faster, so that it is told beside the curve. It is no part
of it: a town's sections lie in one climate, and their few surveys do not tell what a winter took from what a year did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from store.gauge_hours import GaugeHours

QUANTITY = "surface_temperature"
YEAR_S = 365.25 * 86_400
LEAST_DAYS = 60  # of a year; of fewer nothing is told


@dataclass(frozen=True, slots=True)
class Frost:
    """Days of the last year on which a surface passed 0 °C, of how many on which it was measured."""

    n_days: int
    n_watched: int


def frost_of(rows: Sequence[GaugeHours], at_s: float) -> Mapping[int, Frost]:
    """Count them by asset for the year before an instant [Unix s]; of several sensors by that which watched longest."""
    found: dict[int, Frost] = {}
    for row in rows:
        part = row.between(at_s - YEAR_S, at_s) if row.quantity == QUANTITY else slice(0)
        low, high = row.low[part], row.high[part]
        frost = Frost(int(np.sum((low < 0) & (high > 0))), int(np.isfinite(low).sum()))
        if frost.n_watched >= LEAST_DAYS and frost.n_watched > getattr(found.get(row.asset_id), "n_watched", 0):
            found[row.asset_id] = frost
    return found
