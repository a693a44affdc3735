"""A lamp that has failed: dark at night, after a few nights with short outages."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Put the lamp out; in the nights before, for a few minutes now and then."""
    row = grid.rows[episode.asset]
    hiccups = episode.draws(grid.at_s).random(grid.at_s.size) < 0.06 * episode.ramp(grid.at_s)
    grid["works"][row] *= np.where(episode.during(grid.at_s) | hiccups, 0.0, 1.0)


EFFECT = Effect(
    "dead_lamp", "Dead lamp", "Lampe en panne", "street_light", (4, 15), (0, 5), domains=("lighting",), bend=bend
)
