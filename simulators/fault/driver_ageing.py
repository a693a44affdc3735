"""A lamp's control gear that ages: power factor falls, watts and temperature rise over weeks."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Worsen power factor, watts and temperature with the episode's progress."""
    row, progress = grid.rows[episode.asset], episode.ramp(grid.at_s)
    worse = 0.6 + 0.4 * episode.strength
    grid["power_factor"][row] *= 1 - 0.38 * worse * progress
    grid["ballast"][row] *= 1 + 0.22 * worse * progress
    grid["gear_rise"][row] += 30 * worse * progress


EFFECT = Effect(
    "driver_ageing",
    "Ageing lamp driver",
    "Alimentation de lampe vieillissante",
    "street_light",
    (5, 12),
    (18, 35),
    domains=("lighting",),
    bend=bend,
)
