"""A gateway restarted on purpose at night: silent for a quarter of an hour, uptime from zero."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import DAY_S, Grid, Table


def bend(episode: Episode, grid: Grid) -> None:
    """Restart at the end of the pause."""
    step_s = int(grid.at_s[1] - grid.at_s[0])
    is_back = (grid.at_s >= episode.end_s) & (grid.at_s < episode.end_s + step_s)
    grid["restart"][grid.rows[episode.asset]] = is_back


def send(episode: Episode, table: Table) -> Table:
    """Hear nothing during the pause."""
    return table.take(~(np.isin(table.device, episode.devices) & episode.during(table.at_s)))


def when(draws: np.random.Generator, start_s: int, end_s: int) -> int | None:
    """Choose a night, two in the morning UTC."""
    return int(draws.integers(start_s // DAY_S + 1, max(start_s // DAY_S + 2, end_s // DAY_S - 2))) * DAY_S + 2 * 3600


EFFECT = Effect(
    "planned_restart",
    "Planned restart",
    "Redémarrage prévu",
    "gateway",
    (1 / 96, 1 / 96),
    domains=("gateway",),
    bend=bend,
    send=send,
    when=when,
    reach="gateway",
)
