"""A lamp that goes on and off through the night."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Put the lamp out for a random third of the steps."""
    is_out = episode.during(grid.at_s) & (episode.draws(grid.at_s).random(grid.at_s.size) < 0.35)
    grid["works"][grid.rows[episode.asset]] *= np.where(is_out, 0.0, 1.0)


EFFECT = Effect(
    "flicker", "Flickering lamp", "Lampe qui clignote", "street_light", (3, 10), domains=("lighting",), bend=bend
)
