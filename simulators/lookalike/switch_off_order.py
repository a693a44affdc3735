"""A council order: one cabinet's lamps stay dark in the middle of the night for some days."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import DAY_S, Grid
from simulators.rhythm import is_between, read_civil

OFF_FROM, OFF_TO = 22.5, 5.5  # local hours; the order is in the town's schedule


def bend(episode: Episode, grid: Grid) -> None:
    """Allow no light between the ordered hours."""
    is_ordered = episode.during(grid.at_s) & is_between(read_civil(grid.at_s).hour, OFF_FROM, OFF_TO)
    grid["allowed"][grid.rows[episode.asset], is_ordered] = 0.0


def when(draws: np.random.Generator, start_s: int, end_s: int) -> int | None:
    """Start at noon."""
    return (
        int(draws.integers(start_s // DAY_S + 1, max(start_s // DAY_S + 2, end_s // DAY_S - 12))) * DAY_S + DAY_S // 2
    )


EFFECT = Effect(
    "switch_off_order",
    "Switch-off order",
    "Arrêté d'extinction",
    "light_cabinet",
    (5, 11),
    domains=("lighting",),
    bend=bend,
    when=when,
    reach="children",
)
