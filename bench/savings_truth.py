"""What a simulated town's cabinets truly saved in a period, out of the ladder of energies that the simulator keeps."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from bench.savings_town import Recorded
from simulators.grid import Floats
from simulators.lighting import COMPONENTS

PARTS = ("lighting_saved_by_relamping", "lighting_saved_by_dimming", "lighting_saved_by_switch_off")


@dataclass(frozen=True, slots=True)
class TrueSaving:
    """What would have been used [kW.h], and by KPI what is true: the ratio, and each part [kW.h]."""

    baseline_kwh: float
    parts: dict[str, float]


def true_savings(town: Recorded) -> dict[int | None, TrueSaving]:
    """Give the truth by cabinet, and of all (None): outages save nothing, lamps lit by day cost."""
    rungs = {one.asset_id: ladder_of(town, index) for index, one in enumerate(town.projects)}
    true: dict[int | None, TrueSaving] = {asset: saving_of(own) for asset, own in rungs.items()}
    true[None] = saving_of(sum(rungs.values(), start=np.zeros(len(COMPONENTS))))
    return true


def ladder_of(town: Recorded, index: int) -> Floats:
    """Add up a cabinet's ladder over the nights of the period: each is half of two UTC days; used is at least owed."""
    daily = town.town.run.lighting.daily
    kwh = np.array([day[:, index] for _, day, _ in daily])
    origin = datetime.fromtimestamp(daily[0][0], UTC).date()
    first, end = ((day - origin).days for day in town.period)
    nights: Floats = (kwh[first:end] + kwh[first + 1 : end + 1]) / 2
    switched_off, used = COMPONENTS.index("switched_off"), COMPONENTS.index("used")
    nights[:, used] = np.maximum(nights[:, switched_off], nights[:, used])
    total: Floats = nights.sum(axis=0)
    return total


def saving_of(ladder: Floats) -> TrueSaving:
    """Name the steps of a ladder; new lamps take what lamps lit by day cost."""
    rung = dict(zip(COMPONENTS, ladder.tolist(), strict=True))
    saved = rung["baseline"] - rung["used"]
    dimming, off = rung["relamped"] - rung["dimmed"], rung["dimmed"] - rung["switched_off"]
    parts = {"lighting_saving_ratio": saved / rung["baseline"]}
    return TrueSaving(rung["baseline"], parts | dict(zip(PARTS, (saved - dimming - off, dimming, off), strict=True)))
