"""An air handling unit that heats and cools at once: its sequence is wrong."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Force the cooling coil; the heating coil makes up for it."""
    row, during = grid.rows[episode.asset], episode.during(grid.at_s)
    grid["cooling_forced"][row, during] = 0.35 + 0.35 * episode.strength


EFFECT = Effect(
    "simultaneous_heating_cooling",
    "Simultaneous heating and cooling",
    "Chauffage et climatisation simultanés",
    "air_handling_unit",
    (5, 18),
    domains=("building",),
    bend=bend,
)
