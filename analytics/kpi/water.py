"""Water: flow while everybody sleeps, what leaks, what that costs, and what a district loses between its meters.

**Minimum night flow**: the mean flow between two and four in the morning, of a month the median of its nights (method
of the International Water Association's task force on water losses; Farley and Trow 2003, Losses in Water Distribution
Networks; the hours are the usual ones). Interval of 90 %, of the median, out of the order of the nights.

**Leak**: night flow less what is used legitimately at night, over the hours of the month. Legitimate use per
connection: the attribute `night_use_m3_h`, else 1.7 litres an hour as assessed for households in the United Kingdom
(WRc 1994, Managing Leakage, report E), between 0.6 and 3.0. A day loses as much as 18 to 24 such hours (21 taken),
because pressure falls by day. How many connections lie behind a point is its attribute `n_connections`; where that is
missing nothing is told.

**District balance**: what entered at a point less what left at the points that hang on it (their parent). Bounds are
worst cases: errors of all meters, 2 % each where `meter_error_percent` is not entered (class 2 of OIML R 49, upper
range), against one another, and unknown time at nothing or at the highest flow.

Territory: the points that hang on no other metered one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.building.order import median_interval
from analytics.grouping import by_asset
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.kpi.water_balance import UNITS as BALANCE_UNITS
from analytics.kpi.water_balance import tell_balances
from store.baseline import Price, price_on, read_prices, read_time_zone
from store.gauges import read_gauges
from store.inputs import Connection, CounterAmount, GaugeAmount, Window, read_counters
from store.water import NightFlow, WaterPoint, read_night_flows, read_water_points

UNITS = {"water_night_flow": "m3/h", "water_leak_volume": "m3", "water_leak_cost": "{EUR}", **BALANCE_UNITS}
HOUSEHOLD_M3_H = (0.0006, 0.0017, 0.003)
HOURS_A_DAY = (18.0, 21.0, 24.0)
LEAST_NIGHT_S = 3600.0
LEAST_NIGHTS = 6
NIGHT_S = 7200.0


@dataclass(frozen=True, slots=True)
class WaterInputs:
    """Points, their nights, their volumes (counters) or flows (gauges), the price of water, and the days told."""

    points: Sequence[WaterPoint]
    nights: Sequence[NightFlow]
    counters: Sequence[CounterAmount]
    flows: Sequence[GaugeAmount]
    price: Price | None
    n_days: float


@dataclass(frozen=True, slots=True)
class Leak:
    """One point's night flow [m3/h] and leak [m3] as (low, value, high); `refusal` says why there is no leak."""

    point: WaterPoint
    n_nights: int
    flow: tuple[float, float, float]
    volume: tuple[float, float, float]
    refusal: str | None


def read_water(connection: Connection, window: Window) -> WaterInputs:
    """Read points, nights, volumes and the price that holds when the window begins."""
    zone = ZoneInfo(read_time_zone(connection, window.territory_id))
    uses = (read_prices(connection, window.territory_id, "water", use) for use in ("network", "building"))
    first = window.begins_at.astimezone(zone).date()
    return WaterInputs(
        points=read_water_points(connection, window),
        nights=read_night_flows(connection, window),
        counters=read_counters(connection, window, "water_volume"),
        flows=read_gauges(connection, window, ["flow"]),
        price=price_on([price for prices in uses for price in prices], first),
        n_days=(window.ends_at - window.begins_at).total_seconds() / 86_400,
    )


def tell_water(inputs: WaterInputs) -> list[Figure]:
    """Tell the night flow, leak and its cost of each point and of all, and the balance of each district and of all."""
    nights = by_asset(inputs.nights)
    leaks = [
        leak_of(point, nights[point.asset_id], inputs.n_days) for point in inputs.points if point.asset_id in nights
    ]
    told = {leak.point.asset_id for leak in leaks}
    tops = [leak for leak in leaks if leak.point.parent_id not in told]
    hashed = hash_inputs([*inputs.points, *inputs.nights, inputs.price])
    figures = [figure for leak in leaks for figure in figures_of(leak.point.asset_id, [leak], inputs, hashed)]
    figures += figures_of(None, tops, inputs, hashed) if tops else []
    return figures + tell_balances(inputs.points, inputs.counters, inputs.flows)


def leak_of(point: WaterPoint, rows: Sequence[NightFlow], n_days: float) -> Leak:
    """Estimate the leak behind one point."""
    flows = flows_of(rows)
    if flows.size < LEAST_NIGHTS:
        reason = f"{flows.size} nights are known, {LEAST_NIGHTS} are needed"
        return Leak(point, flows.size, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), reason)
    low, middle, high = flow = median_interval(flows)
    if point.n_connections is None:
        return Leak(point, flows.size, flow, (0.0, 0.0, 0.0), "the number of connections is not entered")
    own = point.night_use_m3_h
    least, usual, most = (point.n_connections * (rate if own is None else own) for rate in HOUSEHOLD_M3_H)
    volume = (
        max(0.0, low - most) * HOURS_A_DAY[0] * n_days,
        max(0.0, middle - usual) * HOURS_A_DAY[1] * n_days,
        max(0.0, high - least) * HOURS_A_DAY[2] * n_days,
    )
    return Leak(point, flows.size, flow, volume, None)


def flows_of(rows: Sequence[NightFlow]) -> np.ndarray:
    """Give the flow of each night [m3/h] that is known for an hour at least; several series are added up."""
    by_day: dict[object, list[NightFlow]] = {}
    for row in rows:
        if row.known_s >= LEAST_NIGHT_S:
            by_day.setdefault(row.day, []).append(row)
    most = max((len(own) for own in by_day.values()), default=0)
    return np.array([sum(row.flow_m3_h for row in own) for own in by_day.values() if len(own) == most])


def figures_of(asset_id: int | None, leaks: Sequence[Leak], inputs: WaterInputs, hashed: str) -> list[Figure]:
    """Tell night flow, leak and cost of some points together."""
    n_nights = sum(leak.n_nights for leak in leaks)
    known = Known(n_nights * NIGHT_S, round(inputs.n_days) * len(leaks) * NIGHT_S, hashed, proof_of(leaks, inputs))
    flow = add_up([leak.flow for leak in leaks])
    volume = add_up([leak.volume for leak in leaks])
    price = None if inputs.price is None else inputs.price.price_eur
    cost = (None, None, None) if price is None else (price * volume[0], price * volume[1], price * volume[2])
    figures = [
        tell("water_night_flow", asset_id, "m3/h", flow, known),
        tell("water_leak_volume", asset_id, "m3", volume, known),
        tell("water_leak_cost", asset_id, "{EUR}", cost, known),
    ]
    few = next((leak.refusal for leak in leaks if leak.refusal and leak.n_nights < LEAST_NIGHTS), None)
    reason = next((leak.refusal for leak in leaks if leak.refusal), None)
    unpriced = reason or ("no price of water is entered" if price is None else None)
    reasons = (few, reason, unpriced)
    return [refuse(one, why) if why else one for one, why in zip(figures, reasons, strict=True)]


def add_up(parts: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Add bounds and values up."""
    sums = [sum(part[index] for part in parts) for index in range(3)]
    return sums[0], sums[1], sums[2]


def proof_of(leaks: Sequence[Leak], inputs: WaterInputs) -> dict[str, Any]:
    """Give the numbers behind some leaks."""
    return {
        "n_points": len(leaks),
        "n_nights": sum(leak.n_nights for leak in leaks),
        "n_connections": sum(leak.point.n_connections or 0 for leak in leaks),
        "night_use_m3_h": HOUSEHOLD_M3_H if len(leaks) != 1 else leaks[0].point.night_use_m3_h or HOUSEHOLD_M3_H,
        "hours_a_day": HOURS_A_DAY,
        "price_eur": None if inputs.price is None else inputs.price.price_eur,
    }


DOMAINS = (
    Domain(
        name="water",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=("water_pipe", "water_meter"),
        method="minimum night flow and district balance",
        method_version="1",
        read=read_water,
        tell=tell_water,
    ),
)
