"""A pump whose impeller wears: it draws more and more power for the same flow and head."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import DAY_S, Grid

SOUND_S = 15 * DAY_S  # that it runs before the first signs


def bend(episode: Episode, grid: Grid) -> None:
    """Ask 12 to 24 % more power of the motor."""
    more = 0.12 + 0.12 * episode.strength
    grid["impeller"][grid.rows[episode.asset]] *= 1 + more * episode.ramp(grid.at_s)


def when(draws: np.random.Generator, first: int, latest: int) -> int | None:
    """Choose an instant before which the pump has run soundly for two weeks."""
    return int(draws.uniform(first + SOUND_S, latest)) // 60 * 60 if first + SOUND_S < latest else None


EFFECT = Effect(
    "pump_off_curve",
    "Worn pump impeller",
    "Roue de pompe usée",
    "pump",
    (6, 12),
    (8, 16),
    domains=("water",),
    bend=bend,
    when=when,
    suits=lambda pump: "flow_meter" in pump.traits,
    rank=1,
)
