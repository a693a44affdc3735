"""Where behind a metered point a leak may be: which sensor there has become louder at night, or lost pressure.

A leak makes noise that a logger hears within some hundred metres, and takes pressure with the square of what it adds
to the flow, most where it is (Darcy and Weisbach). Each sensor's nights since the leak are compared with its nights
before; what is named first moved by most of its own ordinary differences from night to night. It is a hint where to
listen first, no position.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.maintenance.gauges import DAY_S, Floats, daily_medians
from analytics.spread import spread_of_steps
from store.gauge_hours import GaugeHours, NamedAsset

N_BEFORE, LEAST_BEFORE, LEAST_SINCE = 14, 5, 2
N_SIGMAS = 4.0
LEAST_BY_QUANTITY = {"noise_level": 3.0, "water_pressure": -0.05}  # dB, bar; below 0: a fall counts
SIGMA_BY_QUANTITY = {"noise_level": 0.5, "water_pressure": 0.01}  # what such sensors cannot tell apart
N_NAMED = 3


@dataclass(frozen=True, slots=True)
class Clue:
    """A sensor behind a point that changed with the leak: by how much (dB or bar), and in how many sigma."""

    asset_id: int
    name: str
    quantity: str
    change: float
    n_sigmas: float


def clues_behind(
    point_id: int, assets: Sequence[NamedAsset], metered: frozenset[int], gauges: Sequence[GaugeHours]
) -> list[GaugeHours]:
    """Give the sensors on a metered point and on what hangs on it up to the next metered points."""
    parents = {asset.asset_id: asset.parent_id for asset in assets}
    return [
        row
        for row in gauges
        if row.quantity in LEAST_BY_QUANTITY and nearest_metered(row.asset_id, parents, metered) == point_id
    ]


def nearest_metered(asset_id: int, parents: Mapping[int, int | None], metered: frozenset[int]) -> int | None:
    """Give the metered point on which an asset is or hangs; None without one."""
    seen: set[int] = set()
    at: int | None = asset_id
    while at is not None and at not in metered and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return at if at in metered else None


def locate(gauges: Sequence[GaugeHours], since_s: float, until_s: float) -> list[Clue]:
    """Give the sensors that changed with a leak that began at an instant, the clearest first; three at most."""
    found = [clue for row in gauges if (clue := clue_of(row, since_s, until_s)) is not None]
    return sorted(found, key=lambda clue: -clue.n_sigmas)[:N_NAMED]


def clue_of(row: GaugeHours, since_s: float, until_s: float) -> Clue | None:
    """Compare a sensor's nights since an instant with those before; None where it did not change as a leak does."""
    measured = (row.n_values > 0) & np.isfinite(row.mean) & (row.begins_s < until_s)
    nights_s, values = daily_medians(row.begins_s[measured], row.mean[measured], until_s)
    before = values[(nights_s + DAY_S <= since_s) & (nights_s >= since_s - (N_BEFORE + 1) * DAY_S)]
    now = values[nights_s + DAY_S > since_s + DAY_S / 2]
    if before.size < LEAST_BEFORE or now.size < LEAST_SINCE:
        return None
    change = float(np.median(now) - np.median(before))
    least = LEAST_BY_QUANTITY[row.quantity]
    n_sigmas = abs(change) / sigma_of(before, row.quantity)
    if change / least < 1 or n_sigmas < N_SIGMAS:
        return None
    return Clue(row.asset_id, row.name, row.quantity, change, n_sigmas)


def sigma_of(before: Floats, quantity: str) -> float:
    """Give what a sensor ordinarily differs by from night to night."""
    return max(spread_of_steps(before), SIGMA_BY_QUANTITY[quantity])
