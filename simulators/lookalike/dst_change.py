"""Clocks change: everything people do comes an hour earlier or later in UTC."""

import numpy as np

from simulators.effect import Effect
from simulators.grid import DAY_S
from simulators.rhythm import offset_changes


def when(draws: np.random.Generator, start_s: int, end_s: int) -> int | None:
    """Find the change in the span, if there is one; the town's own rhythm does the rest."""
    changes, _ = offset_changes("Europe/Paris")
    inside = changes[(changes > start_s) & (changes < end_s - DAY_S)]
    return int(inside[0]) if inside.size else None


EFFECT = Effect("dst_change", "Daylight saving change", "Changement d'heure", "", (1, 1), when=when, reach="none")
