"""The balance of a water district: what entered less what left at the points behind, with the errors of all meters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.kpi.figure import LEAST_COMPLETENESS, Figure, Known, hash_inputs, refuse, tell
from store.inputs import CounterAmount, GaugeAmount
from store.water import WaterPoint

UNITS = {"water_balance": "m3", "water_balance_ratio": "1"}
CLASS_2_PERCENT = 2.0


@dataclass(frozen=True, slots=True)
class Volume:
    """What passed a point [m3] as (low, value, high), its meter's error included; known of expected seconds."""

    low: float
    value: float
    high: float
    covered_s: float
    expected_s: float


@dataclass(frozen=True, slots=True)
class District:
    """One inlet with what left behind it."""

    asset_id: int
    inlet: Volume
    outlets: tuple[Volume, ...]

    @property
    def lost(self) -> tuple[float, float, float]:
        """Give (low, value, high) of what did not come out again [m3]."""
        return (
            self.inlet.low - sum(outlet.high for outlet in self.outlets),
            self.inlet.value - sum(outlet.value for outlet in self.outlets),
            self.inlet.high - sum(outlet.low for outlet in self.outlets),
        )


def tell_balances(
    points: Sequence[WaterPoint], counters: Sequence[CounterAmount], flows: Sequence[GaugeAmount]
) -> list[Figure]:
    """Tell the balance [m3] of each point with others behind it, its share of the inflow [1], and those of all."""
    volumes = volumes_of(points, counters, flows)
    behind: dict[int, list[Volume]] = {}
    for point in points:
        if point.parent_id is not None and point.parent_id in volumes and point.asset_id in volumes:
            behind.setdefault(point.parent_id, []).append(volumes[point.asset_id])
    districts = [District(asset_id, volumes[asset_id], tuple(outlets)) for asset_id, outlets in sorted(behind.items())]
    inner = {point.asset_id for point in points if point.parent_id in {one.asset_id for one in districts}}
    tops = [one for one in districts if one.asset_id not in inner]
    hashed = hash_inputs([*points, *counters, *flows])
    figures = [figure for one in districts for figure in figures_of(one.asset_id, [one], hashed)]
    return figures + (figures_of(None, tops, hashed) if tops else [])


def figures_of(asset_id: int | None, districts: Sequence[District], hashed: str) -> list[Figure]:
    """Tell the two figures of some districts together."""
    parts = [volume for one in districts for volume in (one.inlet, *one.outlets)]
    known_s, expected_s = sum(part.covered_s for part in parts), sum(part.expected_s for part in parts)
    low, value, high = (sum(one.lost[index] for one in districts) for index in range(3))
    inflow = sum(one.inlet.value for one in districts)
    proof = {"inflow_m3": inflow, "n_districts": len(districts), "n_outlets": len(parts) - len(districts)}
    known = Known(known_s, expected_s, hashed, proof)
    share = (low / inflow, value / inflow, high / inflow) if inflow > 0 else (None, None, None)
    figures = [
        tell("water_balance", asset_id, "m3", (low, value, high), known, inflow),
        tell("water_balance_ratio", asset_id, "1", share, known),
    ]
    n_quiet = sum(part.covered_s < LEAST_COMPLETENESS * part.expected_s for part in parts)
    reason = f"too little data: {n_quiet} of {len(parts)} meters of the district are known for less than needed"
    return [refuse(figure, reason) for figure in figures] if n_quiet else figures


def volumes_of(
    points: Sequence[WaterPoint], counters: Sequence[CounterAmount], flows: Sequence[GaugeAmount]
) -> Mapping[int, Volume]:
    """Give what passed each point that ought to speak, by its counters, else by its flow."""
    errors = {
        point.asset_id: (CLASS_2_PERCENT if point.meter_error_percent is None else point.meter_error_percent) / 100
        for point in points
    }
    counted: dict[int, list[Volume]] = {}
    for amount in counters:
        counted.setdefault(amount.asset_id, []).append(count(amount, errors.get(amount.asset_id, 0.0)))
    metered = set(counted)
    for flow in flows:
        if flow.asset_id not in metered:
            counted.setdefault(flow.asset_id, []).append(integrate(flow, errors.get(flow.asset_id, 0.0)))
    return {asset_id: add_up(own) for asset_id, own in counted.items()}


def count(amount: CounterAmount, error: float) -> Volume:
    """Give what a counter counted; unknown time at nothing, the mean, or its highest hourly rate."""
    covered_s = min(amount.span_s, amount.expected_s)
    missing_s = amount.expected_s - covered_s
    value = amount.increase * amount.expected_s / covered_s if covered_s > 0 else 0.0
    high = amount.increase + missing_s * (amount.peak_rate or 0.0)
    return Volume(amount.increase * (1 - error), value, max(high, value) * (1 + error), covered_s, amount.expected_s)


def integrate(amount: GaugeAmount, error: float) -> Volume:
    """Give what a flow [m3/h] comes to; unknown time at its lowest, its mean, or its highest."""
    if amount.mean is None or amount.covered_s <= 0:
        return Volume(0.0, 0.0, 0.0, 0.0, amount.expected_s)
    missing_h = max(0.0, amount.expected_s - amount.covered_s) / 3600
    passed = amount.mean * amount.covered_s / 3600
    low = passed + missing_h * min(0.0, amount.lowest or 0.0)
    high = passed + missing_h * (amount.highest or 0.0)
    value = amount.mean * amount.expected_s / 3600
    low, high = min(low, value), max(high, value)
    return Volume(low - error * abs(low), value, high + error * abs(high), amount.covered_s, amount.expected_s)


def add_up(volumes: Sequence[Volume]) -> Volume:
    """Add the series of one point up."""
    return Volume(
        sum(one.low for one in volumes),
        sum(one.value for one in volumes),
        sum(one.high for one in volumes),
        sum(one.covered_s for one in volumes),
        sum(one.expected_s for one in volumes),
    )
