"""A pipe that bursts: much flow at once and low pressure, until it is shut off."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Let 15 to 40 m³/h run out."""
    grid["loss"][grid.rows[episode.asset]] += (15 + 25 * episode.strength) * episode.during(grid.at_s)


EFFECT = Effect(
    "pipe_break", "Pipe break", "Rupture de conduite", "water_pipe", (0.2, 0.9), domains=("water",), bend=bend
)
