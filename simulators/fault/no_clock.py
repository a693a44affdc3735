"""A device that has lost its clock: its messages carry no time."""

from dataclasses import replace

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import UNTIMED, Table


def send(episode: Episode, table: Table) -> Table:
    """Mark the rows as untimed."""
    lost = np.isin(table.device, episode.devices) & episode.during(table.at_s)
    return replace(table, flags=np.where(lost, table.flags | UNTIMED, table.flags).astype(np.uint8))


EFFECT = Effect("no_clock", "No clock", "Horloge perdue", "people_counter", (1, 4), send=send)
