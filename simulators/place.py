"""Where and when a town stands: its coordinates, its calendar of measurement and its source of chance."""

from dataclasses import dataclass

import numpy as np

from simulators.chance import Chance
from simulators.description import Plan
from simulators.grid import DAY_S, Floats, Integers

KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Setting:
    """What every domain of one town is built from.

    Meters alone report from `history_s`, everything from `start_s` (both midnights UTC, Unix seconds).
    """

    chance: Chance
    plan: Plan
    latitude: float
    longitude: float
    history_s: int
    start_s: int

    def point(self, family: str, index: int, radius_km: float = 1.5) -> tuple[float, float]:
        """Draw where something stands: (longitude, latitude), rounded to a metre or so."""
        draws = self.chance.of(f"place {family}", index)
        return self.near(self.longitude, self.latitude, draws, radius_km)

    def near(
        self, longitude: float, latitude: float, draws: np.random.Generator, radius_km: float
    ) -> tuple[float, float]:
        """Draw a point within a radius of another."""
        angle, distance = draws.uniform(0, 2 * np.pi), radius_km * np.sqrt(draws.random())
        north = distance * np.sin(angle) / KM_PER_DEGREE
        east = distance * np.cos(angle) / (KM_PER_DEGREE * np.cos(np.radians(latitude)))
        return round(longitude + float(east), 5), round(latitude + float(north), 5)


class Cells:
    """Batteries of a family of devices: charge falls with age and with cold, changed when nearly empty."""

    def __init__(self, draws: np.random.Generator, n_devices: int, life_days: float) -> None:
        self.life_s = draws.normal(life_days, 0.12 * life_days, n_devices).clip(0.5 * life_days) * DAY_S
        self.phase = draws.random(n_devices)
        self.rssi = draws.normal(-100, 8, n_devices).clip(-114, -72)

    def level(self, at_s: Integers) -> Floats:
        """Give the charge [%] of each device at each instant, shape (n_devices, n_steps)."""
        age = (at_s[None, :] / self.life_s[:, None] + self.phase[:, None]) % 1.0
        charge: Floats = 100 - 88 * age**1.3
        return charge

    def signal(self, n_steps: int, draws: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw received strength [dBm] and signal to noise ratio [dB], each (n_devices, n_steps)."""
        rssi = self.rssi[:, None] + draws.normal(0, 2.5, (self.rssi.size, n_steps))
        snr = np.clip(9 - 0.45 * np.maximum(-95 - rssi, 0) + draws.normal(0, 1.2, rssi.shape), -20, 12)
        return rssi, snr
