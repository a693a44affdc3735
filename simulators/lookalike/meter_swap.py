"""An electricity meter replaced by a new one: its register starts again near zero."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Mark the quarter of an hour of the swap."""
    step_s = int(grid.at_s[1] - grid.at_s[0])
    grid["swap"][grid.rows[episode.asset]] = (grid.at_s >= episode.start_s) & (grid.at_s < episode.start_s + step_s)


EFFECT = Effect(
    "meter_swap",
    "Meter swapped",
    "Compteur remplacé",
    "electricity_meter",
    (0.02, 0.04),
    domains=("building",),
    bend=bend,
)
