"""A device whose payloads arrive damaged every third time."""

from dataclasses import replace

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import GARBLED, Table


def send(episode: Episode, table: Table) -> Table:
    """Mark a third of the rows as garbled."""
    hit = np.isin(table.device, episode.devices) & episode.during(table.at_s) & (table.at_s // 60 % 3 == 0)
    return replace(table, flags=np.where(hit, table.flags | GARBLED, table.flags).astype(np.uint8))


EFFECT = Effect("garbage", "Garbled payloads", "Messages illisibles", "parking_bay", (3, 8), send=send)
