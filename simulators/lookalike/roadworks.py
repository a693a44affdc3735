"""Roadworks: hardly a vehicle on one road, slow ones, and more on the others."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Divert traffic from the road to all others."""
    during, row = episode.during(grid.at_s), grid.rows[episode.asset]
    freed = grid["vehicles"][row, during] * 0.88
    others = grid["vehicles"].shape[0] - 1
    grid["vehicles"][:, during] += 0.7 * freed[None] / max(others, 1)
    grid["vehicles"][row, during] = freed * 0.12 / 0.88
    grid["freedom"][row, during] *= 0.5


EFFECT = Effect(
    "roadworks",
    "Roadworks",
    "Travaux de voirie",
    "road_section",
    (5, 20),
    domains=("mobility",),
    bend=bend,
    reach="children",
)
