"""A leak in a pipe: flow at night, when nobody draws water, does not fall to its rest any more."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Let 0.6 to 2.2 m³/h run out, growing over days."""
    grid["loss"][grid.rows[episode.asset]] += (0.6 + 1.6 * episode.strength) * episode.ramp(grid.at_s)


EFFECT = Effect("leak_night", "Leak", "Fuite d'eau", "water_pipe", (10, 25), (3, 10), domains=("water",), bend=bend)
