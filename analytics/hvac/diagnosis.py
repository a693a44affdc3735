"""From broken rules to what is wrong with a unit: kind of fault, component, and how sure the steps make us.

Confidence of a sign is 0 to 1: the share of the steps in which its rule is broken of those in which it applies, times
1 - exp(-hours broken / 1 h), times 1 - exp(-median margin / 0.3 K). A fault is there from `CONFIDENT` on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal

import numpy as np

from analytics.hvac.air import CLOSED, HELD_K, LEAST_STEPS, Air, balance
from analytics.hvac.rules import RULES, STANDSTILL_SPAN_K, Component, Margins
from analytics.hvac.unit import HOURS_PER_STEP, Flags, Floats, Steps

Kind = Literal[
    "damper_stuck",
    "damper_leaking",
    "valve_stuck",
    "valve_leaking",
    "simultaneous_heating_cooling",
    "sensor_bias",
    "fouled_coil",
    "schedule_ignored",
]

CONFIDENT = 0.5
HOURS_SCALE, MARGIN_SCALE_K = 1.0, 0.3
STUCK_OPEN_FRACTION = 0.78  # of outdoor air through a damper told to shut: as much as through an open one
HALF_HEATING_K, HALF_COOLING_K = 8.5, 6.0  # half of what coils are usually sized for: no leak carries as much
MOVED, GOES_WITH = 0.02, -0.8  # of the cooling command: its spread, its correlation with the rise of the air
# A rule that is broken accounts for those after it: they follow from the same fault.
FOLLOWERS: dict[str, tuple[str, ...]] = {
    "mixed_air_outside": (
        "too_much_outdoor_air",
        "too_little_outdoor_air",
        "heat_not_asked_for",
        "cold_not_asked_for",
    ),
    "heat_not_asked_for": ("no_cold", "weak_cooling", "heats_and_cools"),
    "no_cold": ("weak_cooling",),
    "heats_and_cools": ("weak_heating", "weak_cooling"),
    "no_heat": ("weak_heating",),
    "cold_not_asked_for": ("no_heat", "weak_heating", "heats_and_cools"),
}
KIND_BY_RULE: dict[str, Kind] = {
    "heat_at_standstill": "valve_leaking",
    "no_heat": "valve_stuck",
    "no_cold": "valve_stuck",
    "heats_and_cools": "simultaneous_heating_cooling",
    "mixed_air_outside": "sensor_bias",
    "weak_heating": "fouled_coil",
    "weak_cooling": "fouled_coil",
    "fan_unasked": "schedule_ignored",
    "too_little_outdoor_air": "damper_stuck",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """A rule over a span of steps: broken for `broken_h` of the `applies_h` hours in which it applies.

    `margin_k` is the median of its margins where broken [K]; `found` and `expected` are what the steps gave and the
    commands let expect there, as medians: shares of outdoor air for dampers, else degrees of the supply air.
    """

    kind: Kind
    component: Component
    rule: str
    sources: str
    confidence: float
    broken_h: float
    applies_h: float
    margin_k: float
    first_s: float
    found: float
    expected: float

    @property
    def share(self) -> float:
        """The share of the hours in which the rule is broken."""
        return self.broken_h / self.applies_h if self.applies_h else 0.0


def diagnose(steps: Steps, begins_s: float) -> list[Sign]:
    """Weigh all rules on the steps from an instant on (what comes before teaches), the surest sign first.

    A rule that applies nowhere gives no sign; one that is not broken gives a sign without confidence.
    """
    air = balance(steps)
    judged = steps.at_s >= begins_s
    signs = [sign for rule in RULES if (sign := weigh(rule(steps, air), steps, air, judged))]
    known = {follower for sign in signs if sign.confidence >= CONFIDENT for follower in FOLLOWERS.get(sign.rule, ())}
    return sorted(
        (sign for sign in signs if sign.rule not in known), key=lambda sign: (-sign.confidence, -sign.margin_k)
    )


def weigh(margins: Margins, steps: Steps, air: Air, judged: Flags) -> Sign | None:
    """Sum a rule up; None where it applies in no step."""
    applies = np.isfinite(margins.kelvins) & judged
    if not applies.any():
        return None
    broken = applies & (np.nan_to_num(margins.kelvins) > 0)
    chosen = broken if broken.any() else applies
    margin_k = float(np.median(margins.kelvins[broken])) if broken.any() else 0.0
    kind = kind_of(margins.rule, steps, air, chosen)
    component = "heating_valve" if (margins.component, kind) == ("control", "valve_stuck") else margins.component
    found, expected = compare(component, steps, air)
    return Sign(
        kind,
        component,
        margins.rule,
        margins.sources,
        confidence(int(broken.sum()), int(applies.sum()), margin_k),
        float(broken.sum()) * HOURS_PER_STEP,
        float(applies.sum()) * HOURS_PER_STEP,
        margin_k,
        float(steps.at_s[chosen][0]),
        median(found[chosen]),
        median(expected[chosen]),
    )


def confidence(n_broken: int, n_applies: int, margin_k: float) -> float:
    """Give how sure so many broken steps make us, 0 to 1."""
    hours = n_broken * HOURS_PER_STEP
    return n_broken / n_applies * (1 - exp(-hours / HOURS_SCALE)) * (1 - exp(-margin_k / MARGIN_SCALE_K))


def compare(component: Component, steps: Steps, air: Air) -> tuple[Floats, Floats]:
    """Give what was found and what the commands let expect, step by step."""
    if component == "damper":
        return taken_in(steps, air), steps.damper
    if component == "sensor":
        return steps.mixed, np.clip(
            steps.mixed, np.minimum(steps.back, steps.outdoor), np.maximum(steps.back, steps.outdoor)
        )
    expected = np.where(steps.heating > CLOSED, steps.heat_setpoint, steps.cool_setpoint)
    return steps.supply, expected


def taken_in(steps: Steps, air: Air) -> Floats:
    """Give the share of outdoor air in the mixed air, at rest too."""
    span = steps.back - steps.outdoor
    at_rest = (steps.back - steps.mixed) / np.where(np.abs(span) < STANDSTILL_SPAN_K, np.nan, span)
    share: Floats = np.where(np.isfinite(air.rise), air.fraction, at_rest)
    return share


def median(values: Floats) -> float:
    """Give the median of what is known; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def kind_of(rule: str, steps: Steps, air: Air, chosen: Flags) -> Kind:
    """Tell a leak from a part that is stuck, by how much passes."""
    if rule in ("too_much_outdoor_air", "outdoor_air_at_standstill"):
        return "damper_stuck" if median(taken_in(steps, air)[chosen]) >= STUCK_OPEN_FRACTION else "damper_leaking"
    if rule in ("heat_not_asked_for", "heats_and_cools"):
        return kind_of_heat(rule, steps, air, chosen)
    if rule == "cold_not_asked_for":
        return "valve_stuck" if median(-air.rise[chosen]) >= HALF_COOLING_K else "valve_leaking"
    return KIND_BY_RULE[rule]


def kind_of_heat(rule: str, steps: Steps, air: Air, chosen: Flags) -> Kind:
    """Tell by what the controller makes of it: leaks and wrong sequences it can hold, a valve stuck open it cannot."""
    is_lost = median((steps.supply - steps.cool_setpoint)[chosen]) > HELD_K
    if rule == "heats_and_cools":
        is_stuck = is_lost or is_held_by_cooling(steps, air, chosen)
        return "valve_stuck" if is_stuck else "simultaneous_heating_cooling"
    fights = float(np.mean((steps.heating[chosen] > CLOSED) & (steps.cooling[chosen] > CLOSED))) >= 0.5
    is_large = median(air.added[chosen]) >= HALF_HEATING_K or (is_lost and not air.is_cooling_proven)
    return "valve_stuck" if fights or is_large else "valve_leaking"


def is_held_by_cooling(steps: Steps, air: Air, chosen: Flags) -> bool:
    """Say whether it is the cooling valve alone that follows the load while both are open.

    If the heating valve moved as it is told, cooling would have nothing to make up for: where the rise of the air goes
    with the cooling command, heat comes whatever heating is told.
    """
    command, rise = steps.cooling[chosen], air.rise[chosen]
    if command.size < LEAST_STEPS or np.std(command) < MOVED or np.std(rise) == 0:
        return False
    return float(np.corrcoef(command, rise)[0, 1]) <= GOES_WITH


def surest(signs: Sequence[Sign], kind: Kind) -> Sign | None:
    """Give the surest sign of a kind of fault."""
    return next((sign for sign in signs if sign.kind == kind), None)
