"""A bridge bearing that settles by some millimetres over weeks, and does not come back."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Lower the bearing by 2 to 6 mm."""
    grid["settlement"][grid.rows[episode.asset]] -= (2 + 4 * episode.strength) * episode.ramp(grid.at_s)


EFFECT = Effect(
    "bridge_settlement",
    "Bridge bearing settlement",
    "Tassement d'un appui de pont",
    "bridge_element",
    (5, 20),
    (15, 30),
    domains=("structure",),
    bend=bend,
    is_lasting=True,
    suits=lambda asset: asset.attributes["element_kind"] == "bearing",
)
