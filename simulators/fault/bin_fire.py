"""A fire in a container: smoulders for an hour or two, then burns for some hours."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid

BURNING = 4.0  # code of `container_state`


def bend(episode: Episode, grid: Grid) -> None:
    """Raise the temperature, and set the state to burning."""
    row, progress = grid.rows[episode.asset], episode.ramp(grid.at_s)
    grid["temperature"][row] += np.where(episode.during(grid.at_s), 130 + 250 * episode.strength, 25 * progress)
    grid["state"][row] = np.where(episode.during(grid.at_s), BURNING, grid["state"][row])


EFFECT = Effect(
    "bin_fire",
    "Fire in a container",
    "Feu dans un conteneur",
    "waste_container",
    (0.13, 0.3),
    (0.05, 0.13),
    domains=("waste",),
    bend=bend,
)
