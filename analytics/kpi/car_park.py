"""Car parks: share of places occupied, with counters that drift set right by their nightly floor.

The time-weighted mean of a counted ratio, or of occupied or free places over the attribute `n_places`. Months take off
the drift of a counter (`analytics.parking.floor`): the rule and the drift stand in the proof, and both ends, as counted
and set right, lie within the bounds. A day alone knows no floor of before: days are as counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, tell
from analytics.parking.floor import NO_DRIFT, Drift, find_drift
from store.baseline import read_time_zone
from store.gauges import read_gauges_of
from store.inputs import Connection, GaugeAmount, Window
from store.parking import ParkDays, read_park_floors

CAR_PARK_QUANTITIES = ("occupancy_ratio", "occupied_places", "free_places")  # the first that an asset has is used
LOOK_BACK = timedelta(days=56)
LONGEST_DAY = timedelta(hours=26)
NOTHING = (None, None, None)


@dataclass(frozen=True, slots=True)
class CarParkInputs:
    """Means of the car parks; for months also the bounds of their days, of which `begin` is the period's first."""

    amounts: Sequence[GaugeAmount]
    days: Sequence[ParkDays]
    begin: int


def read_car_parks(connection: Connection, window: Window) -> CarParkInputs:
    """Read ratio, occupied or free places of the car parks, and for a month their days from eight weeks before."""
    return read_many_car_parks(connection, [window])[0]


def read_many_car_parks(connection: Connection, windows: Sequence[Window]) -> list[CarParkInputs]:
    """Do the same for several windows."""
    amounts = read_gauges_of(connection, windows, CAR_PARK_QUANTITIES)
    return [with_days(connection, window, own) for window, own in zip(windows, amounts, strict=True)]


def with_days(connection: Connection, window: Window, amounts: Sequence[GaugeAmount]) -> CarParkInputs:
    """Read what months need beside the means."""
    if not amounts or window.ends_at - window.begins_at <= LONGEST_DAY:
        return CarParkInputs(amounts, (), 0)
    zone = ZoneInfo(read_time_zone(connection, window.territory_id))
    first_on = (window.begins_at - LOOK_BACK).astimezone(zone).date()
    longer = replace(window, begins_at=window.begins_at - LOOK_BACK)
    days = read_park_floors(connection, longer, CAR_PARK_QUANTITIES, first_on)
    return CarParkInputs(amounts, days, (window.begins_at.astimezone(zone).date() - first_on).days)


def tell_car_parks(inputs: CarParkInputs) -> list[Figure]:
    """Tell the occupancy [1] of each car park, and of all weighted by their places.

    Free and occupied places need the attribute `n_places`; without it only a ratio counts, and the territory's figure
    leaves out car parks whose number of places is not known.
    """
    days = {(one.asset_id, one.series_id): one for one in inputs.days}
    chosen = [choose(group) for _, group in by_asset(inputs.amounts)]
    rows = [row_of(amount, days.get((amount.asset_id, amount.series_id)), inputs.begin) for amount in chosen]
    figures = [car_park_figure(row.amount.asset_id, [row], [1.0]) for row in rows]
    weighted = [row for row in rows if row.amount.n_places]
    if weighted:
        figures.append(car_park_figure(None, weighted, [row.amount.n_places or 0.0 for row in weighted]))
    return figures


@dataclass(frozen=True, slots=True)
class Row:
    """A car park's amount, its mean share occupied as counted (None: not known), its days and its drift."""

    amount: GaugeAmount
    share: float | None
    days: ParkDays | None
    drift: Drift


def row_of(amount: GaugeAmount, days: ParkDays | None, begin: int) -> Row:
    """Find the share and the drift of a car park."""
    drift, n_places = NO_DRIFT, 1.0 if amount.quantity == "occupancy_ratio" else amount.n_places
    if days is not None and n_places:
        drift = find_drift(days, n_places, begin, counts_free=amount.quantity == "free_places")
    return Row(amount, ratio_of(amount), days, drift)


def choose(amounts: list[GaugeAmount]) -> GaugeAmount:
    """Take the first quantity of the list that the car park has, the best covered series of it."""
    return min(amounts, key=lambda amount: (CAR_PARK_QUANTITIES.index(amount.quantity), -amount.covered_s))


def car_park_figure(asset_id: int | None, rows: Sequence[Row], weights: Sequence[float]) -> Figure:
    """Tell the occupancy of some car parks; missing time counts as empty below and as full above."""
    pairs = list(zip(rows, weights, strict=True))
    told = [(row, row.share, weight * row.amount.covered_s) for row, weight in pairs if row.share is not None]
    offered = sum(row.amount.expected_s * weight for row, weight in pairs)
    covered = sum(known for _, _, known in told)
    counted = sum(share * known for _, share, known in told)
    righted = sum((share - row.drift.mean) * known for row, share, known in told)
    hashed = hash_inputs([part for row in rows for part in (row.amount, row.days)])
    known = Known(covered, offered, hashed, proof_of(rows))
    if covered <= 0:
        return tell("car_park_occupancy", asset_id, "1", NOTHING, known)
    missing = max(0.0, offered - covered)
    margin = sum(row.drift.margin * known for row, _, known in told)
    low, high = min(counted, righted - margin) / offered, (max(counted, righted + margin) + missing) / offered
    return tell("car_park_occupancy", asset_id, "1", (low, righted / covered, high), known)


def proof_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Give the numbers behind a figure: car parks, and the drifts that were taken off."""
    drifts = [
        {
            "asset_id": row.amount.asset_id,
            "n_days": row.drift.n_days,
            "mean": round(row.drift.mean, 4),
            "greatest": round(row.drift.greatest, 4),
        }
        for row in rows
        if row.drift.n_days
    ]
    return {"n_car_parks": len(rows), **({"drifts_taken_off": drifts} if drifts else {})}


def ratio_of(amount: GaugeAmount) -> float | None:
    """Give the mean share of places occupied, None where it is not known."""
    if amount.mean is None:
        return None
    if amount.quantity == "occupancy_ratio":
        return amount.mean
    if not amount.n_places:
        return None
    occupied = amount.mean if amount.quantity == "occupied_places" else amount.n_places - amount.mean
    return occupied / amount.n_places


def by_asset(amounts: Iterable[Any]) -> Iterable[tuple[int, list[Any]]]:
    """Group amounts, which come in order of their assets."""
    return ((asset_id, list(group)) for asset_id, group in groupby(amounts, key=lambda amount: int(amount.asset_id)))


DOMAINS = (
    Domain(
        name="car_parks",
        kpis=("car_park_occupancy",),
        rhythm="day",
        asset_types=("car_park",),
        method="time-weighted mean of counted places, drift taken off",
        method_version="3",
        read=read_car_parks,
        read_many=read_many_car_parks,
        tell=tell_car_parks,
        asset_days=True,
        holds_values=True,
    ),
)
