"""A heating valve that stays where it is."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Hold the valve open, or shut."""
    row, during = grid.rows[episode.asset], episode.during(grid.at_s)
    grid["valve_stuck"][row, during] = 0.5 + 0.4 * episode.strength if episode.luck < 0.6 else 0.0


EFFECT = Effect(
    "valve_stuck",
    "Stuck heating valve",
    "Vanne de chauffage bloquée",
    "air_handling_unit",
    (5, 18),
    domains=("building",),
    bend=bend,
    months=(10, 11, 12, 1, 2, 3),
)
