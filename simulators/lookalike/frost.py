"""A cold spell: eight to twelve kelvins below the season for some days; heating runs without pause."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import DAY_S, Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Cool the sky, quickly in and slowly out."""
    hours = (grid.at_s - episode.start_s) / 3600
    left = (episode.end_s - grid.at_s) / 3600
    depth = np.clip(np.minimum(hours / 12, left / 24), 0, 1)
    grid["temperature"][0] -= (8 + 4 * episode.strength) * depth


def when(draws: np.random.Generator, start_s: int, end_s: int) -> int | None:
    """Choose a day from November to March."""
    days = np.arange(start_s // DAY_S + 1, end_s // DAY_S - 6, dtype=np.int64)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    cold = days[(month >= 11) | (month <= 3)]
    return int(draws.choice(cold)) * DAY_S if cold.size else None


EFFECT = Effect(
    "frost", "Frost", "Vague de froid", "", (3, 6), domains=("weather",), bend=bend, when=when, reach="none"
)
