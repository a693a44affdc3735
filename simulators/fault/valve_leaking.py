"""A heating valve that lets hot water through when it is shut."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Add heat that nobody asked for."""
    row, during = grid.rows[episode.asset], episode.during(grid.at_s)
    grid["valve_leak"][row, during] = 0.2 + 0.25 * episode.strength


EFFECT = Effect(
    "valve_leaking",
    "Leaking heating valve",
    "Vanne de chauffage fuyarde",
    "air_handling_unit",
    (5, 18),
    domains=("building",),
    bend=bend,
)
