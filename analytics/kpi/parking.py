"""Parking: share of time that bays and car parks are occupied, and arrivals per bay and day.

Occupancy is the time-weighted share of occupied bay time over offered bay time, and turnover the number of vehicles
that a bay serves in a day: the definitions usual in parking studies (Traffic detector handbook, FHWA-HRT-06-108; ITE
Manual of Transportation Engineering Studies, chapter on parking). A bay that is closed offers no time; one whose
sensor says "unknown" or nothing offers time of which nothing is known. Bounds are the worst cases: all unknown time
free, all of it occupied.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, tell
from store.inputs import Connection, GaugeAmount, StateAmount, Window, read_gauges, read_states, read_states_of

FREE, OCCUPIED, CLOSED = 0, 1, 2  # codes of the quantity `occupancy`; 3 is unknown
DAY_S = 86_400.0
CAR_PARK_QUANTITIES = ("occupancy_ratio", "occupied_places", "free_places")  # the first that an asset has is used


def read_bays(connection: Connection, window: Window) -> list[StateAmount]:
    """Read the seconds and entries of the bays' states."""
    return read_states(connection, window, "occupancy")


def read_many_bays(connection: Connection, windows: Sequence[Window]) -> list[list[StateAmount]]:
    """Do the same for several windows."""
    return read_states_of(connection, windows, "occupancy")


def tell_bays(amounts: Sequence[StateAmount]) -> list[Figure]:
    """Tell occupancy [1] and turnover [arrivals per bay and day] of each bay and of all."""
    figures = [figure for asset_id, group in by_asset(amounts) for figure in bay_figures(asset_id, group)]
    return figures + (bay_figures(None, list(amounts)) if amounts else [])


def bay_figures(asset_id: int | None, amounts: list[StateAmount]) -> list[Figure]:
    """Tell both figures of some bays taken together."""
    occupied_s = sum(dict(amount.seconds_by_state).get(OCCUPIED, 0.0) for amount in amounts)
    free_s = sum(dict(amount.seconds_by_state).get(FREE, 0.0) for amount in amounts)
    closed_s = sum(dict(amount.seconds_by_state).get(CLOSED, 0.0) for amount in amounts)
    arrivals = sum(dict(amount.entries_by_state).get(OCCUPIED, 0) for amount in amounts)
    offered_s = sum(amount.expected_s for amount in amounts) - closed_s
    covered_s = occupied_s + free_s
    proof = {"n_series": len(amounts), "occupied_s": occupied_s, "offered_s": offered_s, "arrivals": arrivals}
    known = Known(covered_s, offered_s, hash_inputs(amounts), proof)
    missing_s = max(0.0, offered_s - covered_s)
    if covered_s <= 0:
        return [
            tell("bay_occupancy", asset_id, "1", NOTHING, known),
            tell("bay_turnover", asset_id, "/d", NOTHING, known),
        ]
    occupancy = (occupied_s / offered_s, occupied_s / covered_s, (occupied_s + missing_s) / offered_s)
    # How many came while nobody looked has no upper bound; what was seen is the lower one.
    turnover = (
        arrivals * DAY_S / offered_s,
        arrivals * DAY_S / covered_s,
        None if missing_s > 0 else arrivals * DAY_S / covered_s,
    )
    return [
        tell("bay_occupancy", asset_id, "1", occupancy, known),
        tell("bay_turnover", asset_id, "/d", turnover, known),
    ]


NOTHING = (None, None, None)


def read_car_parks(connection: Connection, window: Window) -> list[GaugeAmount]:
    """Read ratio, occupied or free places of the car parks."""
    return read_gauges(connection, window, CAR_PARK_QUANTITIES)


def tell_car_parks(amounts: Sequence[GaugeAmount]) -> list[Figure]:
    """Tell the occupancy [1] of each car park, and of all weighted by their places.

    Free and occupied places need the attribute `n_places`; without it only a ratio counts, and the territory's figure
    leaves out car parks whose number of places is not known.
    """
    chosen = [choose(group) for _, group in by_asset(amounts)]
    figures = [car_park_figure(amount.asset_id, [amount], [1.0]) for amount in chosen]
    weighted = [amount for amount in chosen if amount.n_places]
    if weighted:
        figures.append(car_park_figure(None, weighted, [amount.n_places or 0.0 for amount in weighted]))
    return figures


def choose(amounts: list[GaugeAmount]) -> GaugeAmount:
    """Take the first quantity of the list that the car park has, the best covered series of it."""
    return min(amounts, key=lambda amount: (CAR_PARK_QUANTITIES.index(amount.quantity), -amount.covered_s))


def car_park_figure(asset_id: int | None, amounts: list[GaugeAmount], weights: list[float]) -> Figure:
    """Tell the occupancy of some car parks; missing time counts as empty below and as full above."""
    rows = [(amount, ratio_of(amount), weight) for amount, weight in zip(amounts, weights, strict=True)]
    known_rows = [(amount, ratio, weight) for amount, ratio, weight in rows if ratio is not None]
    offered = sum(amount.expected_s * weight for amount, _, weight in rows)
    covered = sum(amount.covered_s * weight for amount, _, weight in known_rows)
    occupied = sum(ratio * amount.covered_s * weight for amount, ratio, weight in known_rows)
    known = Known(covered, offered, hash_inputs(amounts), {"n_car_parks": len(amounts)})
    if covered <= 0:
        return tell("car_park_occupancy", asset_id, "1", NOTHING, known)
    missing = max(0.0, offered - covered)
    bounds = (occupied / offered, occupied / covered, (occupied + missing) / offered)
    return tell("car_park_occupancy", asset_id, "1", bounds, known)


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
        name="parking_bays",
        kpis=("bay_occupancy", "bay_turnover"),
        rhythm="day",
        asset_types=("parking_bay",),
        method="time-weighted share of states",
        method_version="2",
        read=read_bays,
        read_many=read_many_bays,
        tell=tell_bays,
        holds_values=True,
    ),
    Domain(
        name="car_parks",
        kpis=("car_park_occupancy",),
        rhythm="day",
        asset_types=("car_park",),
        method="time-weighted mean of counted places",
        method_version="2",
        read=read_car_parks,
        tell=tell_car_parks,
        holds_values=True,
    ),
)
