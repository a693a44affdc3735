"""A room temperature sensor that drifts by some kelvins over weeks while the room does not."""

from simulators.effect import Effect, Episode
from simulators.grid import Grid


def bend(episode: Episode, grid: Grid) -> None:
    """Shift what the sensor says by 1.5 to 3.5 K, up or down."""
    sign = 1 if episode.luck < 0.5 else -1
    grid["sensor_offset"][grid.rows[episode.asset]] += sign * (1.5 + 2 * episode.strength) * episode.ramp(grid.at_s)


EFFECT = Effect(
    "sensor_drift",
    "Drifting sensor",
    "Capteur qui dérive",
    "building_zone",
    (5, 15),
    (14, 30),
    domains=("building",),
    bend=bend,
)
