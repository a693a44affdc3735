"""A light cabinet whose breaker has tripped: all its lamps are dark, and its meter is too."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Cut the feed of the cabinet."""
    grid["feed"][grid.rows[episode.asset]] *= ~episode.during(grid.at_s)


EFFECT = Effect(
    "cabinet_tripped",
    "Light cabinet tripped",
    "Armoire d'éclairage disjonctée",
    "light_cabinet",
    (0.4, 2),
    domains=("lighting",),
    bend=bend,
    reach="children",
    in_history=True,
)
