"""A parking sensor that no longer sees cars come and go: it says the same day and night."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Hold the bay at occupied, or at free in one case of three."""
    during = episode.during(grid.at_s)
    grid["stuck"][grid.rows[episode.asset], during] = float(episode.luck < 0.67)


EFFECT = Effect(
    "stuck_bay", "Stuck bay sensor", "Capteur de place bloqué", "parking_bay", (4, 15), domains=("parking",), bend=bend
)
