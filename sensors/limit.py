"""Limits that are looked at when a value arrives, not at the end of its hour: what presses does not wait.

Each row: kind of finding, asset type, quantity, the value at which it opens and at which it closes (in the quantity's
unit), how long it must have lasted [s], severity, and where the number comes from. `attribute` names the asset's own
limit, which holds instead; without one and without a value nothing is looked at.
"""

from dataclasses import dataclass
from typing import Literal

from sensors.severity import Severity

CLOSE_SHARE = 0.9  # of an asset's own limit: below it the finding closes


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of one quantity of one type of asset.

    `side` 1: too high from `opens` on, -1: too low, 0: too far from zero on either side. `opens` and `closes` None:
    only the asset's own limit counts.
    """

    kind: str
    asset_type: str
    quantity: str
    side: Literal[-1, 0, 1]
    opens: float | None
    closes: float | None
    holds_s: float
    severity: Severity
    attribute: str = ""


def own_limit(quantity: str, attribute: str) -> Limit:
    """Give the limit of a part of a bridge: whoever looks after it says how far it may move."""
    return Limit("structure_limit", "bridge_element", quantity, 0, None, None, 0.0, "urgent", attribute)


LIMITS = (
    # Heat detectors of classes A2 to B of EN 54-5 answer between 54 and 85 °C; the hint of the same name closes it.
    Limit("container_fire", "waste_container", "container_temperature", 1, 70.0, None, 0.0, "urgent"),
    # Décret n° 2022-1689: 800 ppm are good, from 1,500 ppm on a room must be looked after.
    Limit("co2_high", "building_zone", "co2", 1, 1500.0, 1000.0, 600.0, "warning", "co2_limit_ppm"),
    # Directive 89/108/EEC: -18 °C, for a short time up to 3 K warmer; doors and defrosting take less than 20 minutes.
    Limit("freezer_warm", "freezer", "temperature", 1, -15.0, -16.0, 1200.0, "urgent", "warmest_c"),
    # EN 81-28: whoever is trapped is to be answered without delay; a state, so there is no limit but saying so.
    Limit("person_trapped", "lift", "person_trapped", 1, 1.0, 1.0, 0.0, "urgent"),
    own_limit("displacement", "displacement_limit_mm"),
    own_limit("tilt", "tilt_limit_deg"),
    own_limit("strain", "strain_limit_um_m"),
    own_limit("crack_width", "crack_width_limit_mm"),
)
