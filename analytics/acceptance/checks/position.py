"""Does the device tell about an asset that stands somewhere sensible?

Devices tell no position of their own; theirs is that of their asset. The ground of a territory is the box around the
middle 98 % of its other assets, widened on each side by half its size and at least by `LEAST_MARGIN_KM`.
"""

from collections.abc import Sequence
from math import cos, radians

import numpy as np

from analytics.acceptance.checks import Check, Outcome
from sensors.earth import METRES_A_DEGREE
from store.acceptance import Watch, WatchedDevice

LEAST_ASSETS = 5  # before it is known where a territory lies
LEAST_MARGIN_KM = 2.0
KM_PER_DEGREE = METRES_A_DEGREE / 1000
NEAR_ZERO = 0.01  # degrees: positions never set are 0, 0


def judge(device: WatchedDevice, watch: Watch) -> Outcome:
    """Look at the place of the device's asset."""
    if device.asset_name is None:
        return Outcome("fail", "N’est placé sur aucun équipement.", "Is placed on no asset.")
    if device.longitude is None or device.latitude is None:
        return Outcome(
            "unknown",
            f"La position de {device.asset_name} n’est pas connue.",
            f"The position of {device.asset_name} is not known.",
        )
    place = {"longitude": device.longitude, "latitude": device.latitude}
    if abs(device.longitude) < NEAR_ZERO and abs(device.latitude) < NEAR_ZERO:
        return Outcome("fail", "Position 0, 0 : jamais saisie.", "Position 0, 0: it was never set.", place)
    if len(watch.ground) < LEAST_ASSETS:
        return Outcome(
            "unknown",
            "Trop peu d’autres équipements pour savoir où est le territoire.",
            "Too few other assets to know where the territory lies.",
            place,
        )
    away_km = outside_km(device.longitude, device.latitude, watch.ground)
    if away_km > 0:
        told = f"{away_km:.1f}"
        return Outcome(
            "fail",
            f"{told.replace('.', ',')} km en dehors du territoire.",
            f"{told} km outside the territory.",
            {**place, "outside_km": away_km},
        )
    return Outcome("pass", f"Sur {device.asset_name}, dans le territoire.", f"On {device.asset_name}, inside.", place)


def outside_km(longitude: float, latitude: float, ground: Sequence[tuple[float, float]]) -> float:
    """Give how far a place lies outside the ground [km], 0 within."""
    at = np.array(ground)
    scale = np.array([KM_PER_DEGREE * cos(radians(float(np.median(at[:, 1])))), KM_PER_DEGREE])
    low, high = np.quantile(at, 0.01, axis=0) * scale, np.quantile(at, 0.99, axis=0) * scale
    margin = np.maximum((high - low) / 2, LEAST_MARGIN_KM)
    here = np.array([longitude, latitude]) * scale
    beyond = np.maximum(np.maximum(low - margin - here, here - high - margin), 0.0)
    return float(np.hypot(*beyond))


CHECK = Check(
    "position",
    "Position",
    "Position",
    "own limits: box around the middle 98 % of the territory's other assets, widened by half, at least 2 km",
    judge,
)
