"""What announcements were worth, by closed work orders: precision, lead time, failures avoided, euros.

Told each month of the orders that were closed in it and that were opened about what Vigie had said.

- Precision: confirmed over confirmed, false alarms and other causes (a real fault, but not the one that was named);
  Wilson's interval of 95 % (DOI 10.1080/01621459.1927.10502953). Known ones count on neither side.
- Lead time: from the first announcement to the failure, of confirmed orders that say when the thing had failed; the
  median with its interval of 90 % by order statistics. Below 0 it came after the failure.
- Failures avoided: confirmed orders of things found still working of which Vigie had said that they would fail; not of
  what had happened already (a lamp that burns by day, a leak), nor of the sensor that watches the thing. That each
  would have failed is what the announcement says and nobody can see, so the lower bound is 0. Euros: each times what a
  failure costs beyond the planned repair, as the territory entered it by family; without that no figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from analytics.building.order import median_interval
from analytics.emission import factor_on
from analytics.feedback.rule import wilson
from analytics.health.signal import COMING, OF_SENSOR
from analytics.kpi import Domain
from analytics.kpi.figure import LEAST_COMPLETENESS, Figure, Known, hash_inputs, refuse, tell
from store.baseline import DatedFactor, read_factors, read_time_zone
from store.inputs import Connection, Window
from store.work_kpi import ClosedOrder, read_closed_orders

UNITS = {
    "announcement_precision": "1",
    "announcement_lead_time": "d",
    "failures_avoided": "{failure}",
    "failures_avoided_value": "{EUR}",
}
FACTOR_BY_TYPE = {
    "street_light": "failure_cost_lighting",
    "light_cabinet": "failure_cost_lighting",
    "air_handling_unit": "failure_cost_building",
    "boiler": "failure_cost_building",
    "heat_pump": "failure_cost_building",
    "lift": "failure_cost_building",
    "building": "failure_cost_building",
    "building_zone": "failure_cost_building",
    "pump": "failure_cost_water",
    "water_meter": "failure_cost_water",
    "water_pipe": "failure_cost_water",
    "water_tank": "failure_cost_water",
    "bridge_element": "failure_cost_structure",
    "road_section": "failure_cost_structure",
}
OTHER = "failure_cost_other"
FACTORS = (*dict.fromkeys(FACTOR_BY_TYPE.values()), OTHER)
S_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class WorkInputs:
    """Orders closed in a month, what failures cost, and the month's first day."""

    orders: Sequence[ClosedOrder]
    factors: Sequence[DatedFactor]
    day: date


def read_work(connection: Connection, window: Window) -> WorkInputs:
    """Read closed orders and costs."""
    orders = read_closed_orders(connection, window)
    if not orders:
        return WorkInputs((), (), window.begins_at.date())
    zone = ZoneInfo(read_time_zone(connection, window.territory_id))
    factors = [one for factor in FACTORS for one in read_factors(connection, window.territory_id, factor)]
    return WorkInputs(orders, factors, window.begins_at.astimezone(zone).date())


def tell_work(inputs: WorkInputs) -> list[Figure]:
    """Tell what a month's announcements were worth; without any that was judged, nothing."""
    announced = [one for one in inputs.orders if one.announced_at is not None]
    if not announced:
        return []
    proof = {verdict: sum(one.verdict == verdict for one in announced) for verdict in ("false_alarm", "known")}
    confirmed = [one for one in announced if one.verdict == "confirmed"]
    n_other = sum(one.verdict == "other_cause" for one in announced)
    proof |= {"confirmed": len(confirmed), "other_cause": n_other, "n_closed": len(inputs.orders)}
    known = Known(1.0, 1.0, hash_inputs([*inputs.orders, *inputs.factors, inputs.day]), proof)
    return [
        precision_figure(len(confirmed), proof["false_alarm"] + n_other, known),
        lead_figure(confirmed, known),
        *avoided_figures(confirmed, inputs, known),
    ]


def precision_figure(n_right: int, n_wrong: int, known: Known) -> Figure:
    """Tell the share of announcements that were right."""
    kpi, n = "announcement_precision", n_right + n_wrong
    if n == 0:
        return tell(kpi, None, UNITS[kpi], (None, None, None), known)
    low, high = wilson(n_right, n)
    return tell(kpi, None, UNITS[kpi], (low, n_right / n, high), known)


def lead_figure(confirmed: Sequence[ClosedOrder], known: Known) -> Figure:
    """Tell how long before their failure [d] failures were announced."""
    kpi = "announcement_lead_time"
    leads_d = [
        (one.failed_at - one.announced_at).total_seconds() / S_PER_DAY
        for one in confirmed
        if one.failed_at is not None and one.announced_at is not None
    ]
    if not leads_d:
        empty = tell(kpi, None, UNITS[kpi], (None, None, None), known)
        return refuse(empty, "not known: no closed work order says when something announced had failed")
    return tell(kpi, None, UNITS[kpi], median_interval(np.array(leads_d)), known)


def avoided_figures(confirmed: Sequence[ClosedOrder], inputs: WorkInputs, known: Known) -> list[Figure]:
    """Tell failures avoided and what they would have cost; withheld where too few say how things were found."""
    foretold = [one for one in confirmed if is_foretold(one)]
    n_said = sum(one.condition is not None for one in foretold)
    share = n_said / len(foretold) if foretold else 1.0
    told = Known(
        share, 1.0, known.inputs_hash, {**known.proof, "n_foretold": len(foretold), "n_condition_said": n_said}
    )
    if share < LEAST_COMPLETENESS:
        reason = f"not known: {share:.0%} of the confirmed work orders say how the thing was found"
        kpis = ("failures_avoided", "failures_avoided_value")
        return [refuse(tell(kpi, None, UNITS[kpi], (None, None, None), told), reason) for kpi in kpis]
    avoided = [one for one in foretold if one.condition == "working"]
    n = float(len(avoided))
    count = tell("failures_avoided", None, UNITS["failures_avoided"], (0.0, n, n), told)
    return [count, value_figure(avoided, inputs, told)]


def is_foretold(order: ClosedOrder) -> bool:
    """Say whether an order is about a failure of the thing itself that was yet to come."""
    return any(kind in COMING and kind not in OF_SENSOR for kind in order.kinds)


def value_figure(avoided: Sequence[ClosedOrder], inputs: WorkInputs, known: Known) -> Figure:
    """Tell what the failures avoided would have cost beyond the planned repair [EUR]."""
    kpi = "failures_avoided_value"
    names = [FACTOR_BY_TYPE.get(one.asset_type or "", OTHER) for one in avoided]
    found = {name: factor_on(name, inputs.day, inputs.factors) for name in sorted(set(names))}
    missing = [name for name, factor in found.items() if factor is None]
    if missing:
        told = tell(kpi, None, UNITS[kpi], (None, None, None), known)
        verb = "is" if len(missing) == 1 else "are"
        return refuse(told, f"not known: factor{'s' * (verb == 'are')} {' and '.join(missing)} {verb} not entered")
    costs = {name: factor.value for name, factor in found.items() if factor is not None}
    total = sum(costs[name] for name in names)
    stated = Known(known.covered_s, known.expected_s, known.inputs_hash, {**known.proof, **costs})
    return tell(kpi, None, UNITS[kpi], (0.0, total, total), stated)


DOMAINS = (
    Domain(
        name="work_orders",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=(),
        method="verdicts of closed work orders, stated costs of failures",
        method_version="2",
        read=read_work,
        tell=tell_work,
    ),
)
