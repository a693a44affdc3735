"""What failures cost a territory: of the thing, and of the sensor that watches it, each by its own chance.

A sensor whose battery ends is a visit, be it on a lamp or on a bridge: its chance does not count for what a failure of
the bridge would cost. Calibration knows one probability of an asset; both chances move with it.
"""

from dataclasses import dataclass

import numpy as np

from analytics.health.family import FamilyPrior
from analytics.health.probability import Floats, Outlook, expected_loss, waiting_cost
from analytics.health.survival import Basis


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely assets fail: of themselves, and by their sensors; and by how much calibration moves both (n, 3)."""

    thing: Outlook
    sensor: Outlook
    moved: Floats


def moved_by(calibrated: Floats, told: Floats) -> Floats:
    """Give calibrated probabilities over those told before (n_assets, 3); 1 where nothing was told."""
    return np.divide(calibrated, told, out=np.ones_like(told), where=told > 0)


def losses_of(base: Basis, chances: Chances) -> tuple[Floats, Floats]:
    """Give the expected loss of 30 days [EUR] and what a day of waiting costs [EUR/d] of assets; NaN: not known."""
    costs = np.array([np.nan if one is None else one.consequence_eur for one in base.families])
    failed_day = np.array([np.nan if one is None else one.waiting_eur_per_day for one in base.families])
    is_of_sensor = chances.sensor.within[:, 0] > 0
    for amounts in (costs, failed_day):  # what nobody can price has a sensor that has a price
        amounts[np.isnan(amounts) & is_of_sensor] = 0.0
    parts = ((chances.thing, costs, failed_day), (chances.sensor, *priced(base.sensor, len(costs))))
    loss, waiting = np.zeros(len(costs)), np.zeros(len(costs))
    for outlook, consequence, day in parts:
        within = np.clip(outlook.within * chances.moved, 0.0, 1.0)
        loss += expected_loss(within[:, 1], consequence)
        waiting += waiting_cost(within[:, 0], outlook.is_now, consequence, day)
    return loss, waiting


def priced(family: FamilyPrior, n: int) -> tuple[Floats, Floats]:
    """Give what a failure costs [EUR] and each day of it [EUR/d], n times."""
    return np.full(n, family.consequence_eur), np.full(n, family.waiting_eur_per_day)
