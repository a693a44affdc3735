"""A gateway without a link for some hours: what it kept comes at once when the link is back."""

from dataclasses import replace

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Table


def send(episode: Episode, table: Table) -> Table:
    """Hold the rows back until the end."""
    held = np.isin(table.device, episode.devices) & episode.during(table.at_s)
    return replace(table, sent_s=np.where(held, np.maximum(table.sent_s, episode.end_s), table.sent_s))


EFFECT = Effect("late_batch", "Late batch", "Lot en retard", "gateway", (0.2, 0.9), send=send, reach="gateway")
