"""A fair: the centre's bays are full from dawn, people and cars are out, bins fill faster."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import DAY_S, Grid
from simulators.rhythm import find_offsets


def bend(episode: Episode, grid: Grid) -> None:
    """Fill what a fair fills, from five in the morning to four in the afternoon."""
    during = episode.during(grid.at_s)
    if grid.domain == "parking":
        grid["target"][:, during] = np.maximum(grid["target"][:, during], 0.96)
        grid["park_target"][:, during] = np.maximum(grid["park_target"][:, during], 0.95)
    elif grid.domain == "waste":
        grid["inflow"][:, during] *= 1.6
    else:
        grid["people"][:, during] *= 2.8
        grid["vehicles"][:, during] *= 1.3


def when(draws: np.random.Generator, start_s: int, end_s: int) -> int | None:
    """Choose a Sunday, five in the morning."""
    days = np.arange(start_s // DAY_S + 1, end_s // DAY_S - 1, dtype=np.int64)
    sundays = days[(days + 3) % 7 == 6]
    at = int(draws.choice(sundays)) * DAY_S + 5 * 3600 if sundays.size else None
    return None if at is None else at - int(find_offsets(np.array([at]))[0])


EFFECT = Effect(
    "market_day",
    "Market day",
    "Jour de foire",
    "",
    (11 / 24, 11 / 24),
    domains=("parking", "waste", "mobility"),
    bend=bend,
    when=when,
    reach="none",
)
