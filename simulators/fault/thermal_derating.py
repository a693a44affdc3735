"""A luminaire whose fins are fouled: its gear runs hotter from week to week, then takes power back on warm nights."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Warm the gear, and let it take back 1.2 to 1.8 % of the power for each kelvin that it is too hot."""
    row, progress = grid.rows[episode.asset], episode.ramp(grid.at_s)
    grid["gear_rise"][row] += (20 + 6 * episode.strength) * progress
    grid["derating"][row] += (0.012 + 0.006 * episode.strength) * progress


EFFECT = Effect(
    "thermal_derating",
    "Thermal derating",
    "Réduction de puissance thermique",
    "street_light",
    (12, 22),
    (8, 16),
    domains=("lighting",),
    bend=bend,
    months=(5, 6, 7, 8, 9, 10),
    rank=1,
)
