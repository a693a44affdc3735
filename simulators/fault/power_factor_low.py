"""A lamp whose capacitor fails: its power factor falls at once, without a sign, while its power stays."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Take a quarter to two fifths from the power factor."""
    left = 0.74 - 0.14 * episode.strength
    grid["power_factor"][grid.rows[episode.asset]] *= np.where(episode.during(grid.at_s), left, 1.0)


EFFECT = Effect(
    "power_factor_low",
    "Low power factor",
    "Facteur de puissance bas",
    "street_light",
    (6, 15),
    domains=("lighting",),
    bend=bend,
    rank=1,
)
