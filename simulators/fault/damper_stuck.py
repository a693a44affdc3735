"""An outdoor air damper that no longer moves, whatever the controller asks."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Hold the blades almost open, or shut."""
    row, during = grid.rows[episode.asset], episode.during(grid.at_s)
    grid["damper_stuck"][row, during] = 0.85 if episode.luck < 0.5 else 0.0


EFFECT = Effect(
    "damper_stuck",
    "Stuck outdoor air damper",
    "Registre d'air neuf bloqué",
    "air_handling_unit",
    (5, 18),
    domains=("building",),
    bend=bend,
)
