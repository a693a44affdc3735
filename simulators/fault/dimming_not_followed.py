"""A lamp that no longer dims: the line to its driver is broken, after nights on which it held now and then."""

import numpy as np

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Let the lamp draw full power whatever is asked; on more and more days before, too."""
    row, progress = grid.rows[episode.asset], episode.ramp(grid.at_s)
    is_loose = bool(episode.draws(grid.at_s).random() < 0.6 * float(progress.mean()))
    is_lost = episode.during(grid.at_s) | ((progress > 0) & is_loose)
    grid["follows"][row] *= np.where(is_lost, 0.15 * (1 - episode.strength), 1.0)


EFFECT = Effect(
    "dimming_not_followed",
    "Dimming not followed",
    "Gradation non suivie",
    "street_light",
    (6, 14),
    (2, 5),
    domains=("lighting",),
    bend=bend,
    months=(1, 2, 3, 4, 9, 10, 11, 12),  # in summer lamps are not lit before they are dimmed
    suits=lambda lamp: "dimmed" in lamp.traits,
    rank=1,
)
