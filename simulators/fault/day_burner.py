"""A lamp that burns by day: its relay is stuck or its photocell blind."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Keep the lamp at full level."""
    grid["forced"][grid.rows[episode.asset]] = episode.during(grid.at_s)


EFFECT = Effect(
    "day_burner",
    "Lamp burning by day",
    "Lampe allumée le jour",
    "street_light",
    (3, 12),
    domains=("lighting",),
    bend=bend,
)
