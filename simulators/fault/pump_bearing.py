"""A pump's bearing that wears out: vibration, then warmth, rise over weeks."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Wear the bearing, and let the pump draw a little more."""
    progress = episode.ramp(grid.at_s) * (0.7 + 0.3 * episode.strength)
    grid["bearing"][grid.rows[episode.asset]] += progress
    grid["wear"][grid.rows[episode.asset]] *= 1 + 0.08 * progress


EFFECT = Effect(
    "pump_bearing",
    "Pump bearing failing",
    "Roulement de pompe défaillant",
    "pump",
    (3, 8),
    (15, 35),
    domains=("water",),
    bend=bend,
    suits=lambda pump: "vibration" in pump.traits,
)
