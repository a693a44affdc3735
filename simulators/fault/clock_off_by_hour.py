"""A device whose clock is an hour ahead: its instants lie in the future."""

from dataclasses import replace

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Table


def send(episode: Episode, table: Table) -> Table:
    """Shift what the device states, not when it sends."""
    shifted = np.isin(table.device, episode.devices) & episode.during(table.at_s)
    return replace(table, at_s=np.where(shifted, table.at_s + 3600, table.at_s))


EFFECT = Effect(
    "clock_off_by_hour", "Clock off by an hour", "Horloge décalée d'une heure", "electricity_meter", (2, 6), send=send
)
