"""A boiler that starts and stops many times an hour: oversized, or its sensor is misplaced."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Add two to five starts to each quarter of an hour in which the boiler has work."""
    extra = episode.draws(grid.at_s).poisson(2 + 3 * episode.strength, grid.at_s.size)
    grid["cycling"][grid.rows[episode.asset]] += extra * episode.ramp(grid.at_s)


EFFECT = Effect(
    "boiler_short_cycling",
    "Boiler short cycling",
    "Cycles courts de chaudière",
    "boiler",
    (5, 15),
    (2, 6),
    domains=("building",),
    bend=bend,
    months=(10, 11, 12, 1, 2, 3),
)
