"""A device that sends everything twice."""

from dataclasses import replace

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Table, join


def send(episode: Episode, table: Table) -> Table:
    """Send each row again half a minute later."""
    again = table.take(np.isin(table.device, episode.devices) & episode.during(table.at_s))
    return join(table, replace(again, sent_s=again.sent_s + 30)) if again.at_s.size else table


EFFECT = Effect("duplicates", "Duplicated messages", "Messages en double", "water_pipe", (2, 6), send=send)
