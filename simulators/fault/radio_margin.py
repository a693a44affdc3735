"""A container whose antenna comes loose: its signal fades over weeks, in the end a third of its messages are lost."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid, Table

LOST = 1 / 3


def bend(episode: Episode, grid: Grid) -> None:
    """Weaken the signal by 26 to 32 dB."""
    grid["fading"][grid.rows[episode.asset]] += (26 + 6 * episode.strength) * episode.ramp(grid.at_s)


def send(episode: Episode, table: Table) -> Table:
    """Lose messages while the signal is at its weakest."""
    weak = np.isin(table.device, episode.devices) & episode.during(table.at_s)
    if not weak.any():
        return table
    lost = weak & (episode.draws(table.at_s).random(weak.size) < LOST)
    return table.take(~lost)


EFFECT = Effect(
    "radio_margin",
    "Fading radio signal",
    "Signal radio qui faiblit",
    "waste_container",
    (4, 10),
    (15, 28),
    domains=("waste",),
    bend=bend,
    send=send,
    rank=1,
)
