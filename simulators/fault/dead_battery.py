"""A sensor whose battery runs out: its charge falls for weeks, then it says nothing."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid, Table

EMPTY = 3.0  # charge [%] at which the sensor stops


def bend(episode: Episode, grid: Grid) -> None:
    """Let the charge fall to empty."""
    row, progress = grid.rows[episode.asset], episode.ramp(grid.at_s)
    grid["charge"][row] = (1 - progress) * grid["charge"][row] + progress * EMPTY


def send(episode: Episode, table: Table) -> Table:
    """Say nothing until the battery is changed."""
    return table.take(~(np.isin(table.device, episode.devices) & episode.during(table.at_s)))


EFFECT = Effect(
    "dead_battery",
    "Dead battery",
    "Pile épuisée",
    "parking_bay",
    (3, 12),
    (10, 25),
    domains=("parking",),
    bend=bend,
    send=send,
)
