"""An air filter that clogs over weeks, faster than routine changes expect."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Multiply the filter's resistance up to about threefold."""
    grid["fouling"][grid.rows[episode.asset]] *= 1 + (1.3 + 0.9 * episode.strength) * episode.ramp(grid.at_s)


EFFECT = Effect(
    "fouled_filter",
    "Fouled filter",
    "Filtre encrassé",
    "air_handling_unit",
    (5, 12),
    (18, 35),
    domains=("building",),
    bend=bend,
)
