"""A gateway without power or network: what its devices measure meanwhile is lost."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Table


def send(episode: Episode, table: Table) -> Table:
    """Drop the rows of the gateway and of all its devices."""
    return table.take(~(np.isin(table.device, episode.devices) & episode.during(table.at_s)))


EFFECT = Effect(
    "silent_gateway",
    "Silent gateway",
    "Passerelle muette",
    "gateway",
    (0.3, 2.5),
    send=send,
    reach="gateway",
    in_history=True,
)
