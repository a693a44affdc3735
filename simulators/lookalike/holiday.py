"""A public holiday: schools and offices are empty, streets quiet, on a day of the week that usually is not."""

import numpy as np

from simulators.effect import Effect
from simulators.grid import DAY_S
from simulators.rhythm import find_offsets, free_days


def when(draws: np.random.Generator, start_s: int, end_s: int) -> int | None:
    """Choose a public holiday from Monday to Saturday; the town's own rhythm does the rest."""
    public, _ = free_days()
    inside = public[(public > start_s // DAY_S) & (public < end_s // DAY_S - 1) & ((public + 3) % 7 < 6)]
    if not inside.size:
        return None
    midnight = int(draws.choice(inside)) * DAY_S
    return midnight - int(find_offsets(np.array([midnight]))[0])


EFFECT = Effect("holiday", "Public holiday", "Jour férié", "", (1, 1), when=when, reach="none")
