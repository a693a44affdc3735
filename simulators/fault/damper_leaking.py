"""An outdoor air damper that does not close: more outdoor air than the controller asks for."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Let the damper close to half and no further."""
    row, during = grid.rows[episode.asset], episode.during(grid.at_s)
    grid["damper_leak"][row, during] = 0.45 + 0.3 * episode.strength


EFFECT = Effect(
    "damper_leaking",
    "Leaking outdoor air damper",
    "Registre d'air neuf fuyard",
    "air_handling_unit",
    (5, 18),
    domains=("building",),
    bend=bend,
)
