"""A container that overflows: it fills much faster than it used to, then a vehicle passes it by."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Multiply the inflow, and leave the container out of the rounds once it is full."""
    row = grid.rows[episode.asset]
    grid["inflow"][row] += episode.ramp(grid.at_s) * (1.2 + 1.2 * episode.strength)
    grid["skipped"][row] = episode.during(grid.at_s)


EFFECT = Effect(
    "overflowing_bin",
    "Overflowing container",
    "Conteneur qui déborde",
    "waste_container",
    (4, 9),
    (2, 4),
    domains=("waste",),
    bend=bend,
)
