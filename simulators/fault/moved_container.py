"""A container pushed off its place: it leans, and says that it has moved."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid

MOVED = 3.0  # code of `container_state`


def bend(episode: Episode, grid: Grid) -> None:
    """Lean the container and set its state."""
    row, during = grid.rows[episode.asset], episode.during(grid.at_s)
    grid["tilt"][row] += during * (12 + 40 * episode.strength)
    grid["state"][row] = np.where(during, MOVED, grid["state"][row])


EFFECT = Effect(
    "moved_container", "Moved container", "Conteneur déplacé", "waste_container", (2, 9), domains=("waste",), bend=bend
)
