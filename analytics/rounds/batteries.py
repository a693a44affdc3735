"""Rounds of battery changes: the batteries due within some days, put together by street and neighbourhood as walks.

When a battery is due comes from its charge and its pace over half a year (the median slope between its days, as the
hint `battery_low` has it over a week; the faster of both counts); one that the hint calls low is due whatever its pace.
Stops of one street, and stops nearer than 250 m to one another, belong to one walk; the order is that of the solver
that plans collection rounds, on foot and back to where it began, at most thirty stops a walk.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from analytics.maintenance.battery_low import EMPTY_PERCENT, LOW_PERCENT, N_DAYS, charge, pace_of
from analytics.rounds.distances import Spot, estimate, great_circle_m
from analytics.rounds.problem import Effort, Problem, Solver, Stop, Vehicle
from analytics.sentence import local_day
from sensors.spreadsheet import harmless
from store.batteries import BatteryPlace, read_battery_places
from store.inputs import Connection, Window
from store.series_days import SeriesDays, read_series_days
from store.territory import find_territory

QUANTITIES = ("battery_level", "battery_voltage")
REACH = timedelta(days=180)
SPEAKS = timedelta(days=7)
LONGEST_DAYS = 3600.0  # what a battery lasts at most by its pace: longer is no pace
CHANGED = 20.0  # points, by which a charge rises where the battery was changed
NEAR_M = 250.0
MOST_STOPS = 30
WALKING_KM_H, CHANGE_S = 4.5, 600.0
DAY_S = 86_400.0
EFFORT = Effort(iterations=500)
COLUMNS = (
    "walk",
    "order",
    "street",
    "asset",
    "name",
    "device",
    "longitude",
    "latitude",
    "charge_percent",
    "empty_on",
    "way_m",
)


@dataclass(frozen=True, slots=True)
class DueBattery:
    """A battery to change: where, its charge [%], and when it is empty at its pace."""

    place: BatteryPlace
    percent: float
    empty_at: datetime


@dataclass(frozen=True, slots=True)
class Walk:
    """Batteries in the order in which they are changed, and the way to each from the one before [m]."""

    stops: tuple[DueBattery, ...]
    ways_m: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BatteryRounds:
    """Walks, the most urgent first, due batteries of which nobody entered a place, and the zone of their days."""

    walks: tuple[Walk, ...]
    unplaced: tuple[DueBattery, ...]
    time_zone: str


def plan_battery_rounds(
    connection: Connection, territory: str, at: datetime, within: timedelta, solve: Solver
) -> BatteryRounds:
    """Plan the walks of a territory. Raises LookupError where there is none of this slug."""
    found = find_territory(connection, territory)
    if found is None:
        raise LookupError(f"no territory {territory!r} is registered")
    days = read_series_days(connection, Window(found.territory_id, (), at - REACH, at), QUANTITIES)
    places = {one.device_id: one for one in read_battery_places(connection, found.territory_id, at, QUANTITIES)}
    due = list(due_batteries(days, places.get, at, within))
    placed = [one for one in due if one.place.longitude is not None and one.place.latitude is not None]
    unplaced = [one for one in due if one.place.longitude is None or one.place.latitude is None]
    walks = [walk for group in neighbourhoods(placed) for walk in walks_of(group, solve)]
    return BatteryRounds(tuple(sorted(walks, key=first_empty)), tuple(unplaced), found.time_zone)


def due_batteries(
    series: Sequence[SeriesDays], place_of: Callable[[int], BatteryPlace | None], at: datetime, within: timedelta
) -> Iterator[DueBattery]:
    """Give the batteries that are low, or empty within a time, one a device: its percentage before its voltage."""
    seen: set[int] = set()
    for one in sorted(series, key=lambda one: (one.unit != "%", one.series_id)):
        place = None if one.device_id is None or one.device_id in seen else place_of(one.device_id)
        if place is None:
            continue
        seen.add(place.device_id)
        found = outlook(one, at)
        if found is not None and (found[0] <= LOW_PERCENT or found[1] <= at + within):
            yield DueBattery(place, *found)


def outlook(series: SeriesDays, at: datetime) -> tuple[float, datetime] | None:
    """Give a battery's charge [%] and when it is empty; None where it is silent, or neither low nor losing anything."""
    known = series.before(at, at - REACH)
    days, percent = series.days[known], charge(series, known)
    if not days or at - days[-1] > SPEAKS:
        return None
    rises = np.flatnonzero(np.diff(percent) >= CHANGED)
    first = int(rises[-1]) + 1 if rises.size else 0
    percent = percent[first:]
    days_at = np.array([day.timestamp() / DAY_S for day in days[first:]])
    recent = days_at > days_at[-1] - N_DAYS
    pace = max(pace_of(days_at, percent)[0], pace_of(days_at[recent], percent[recent])[0])
    now = float(np.median(percent[-2:]))
    left = max(now - EMPTY_PERCENT, 0.0)
    lasts_days = left / pace if pace > 0 else np.inf
    if left == 0 or (now <= LOW_PERCENT and lasts_days > LONGEST_DAYS):
        return now, at
    return None if lasts_days > LONGEST_DAYS else (now, at + timedelta(days=lasts_days))


def neighbourhoods(due: Sequence[DueBattery]) -> list[list[DueBattery]]:
    """Put together what lies in one street, or within 250 m of another of the same group."""
    if not due:
        return []
    is_near = great_circle_m([spot_of(one) for one in due]) <= NEAR_M
    streets = np.array([one.place.street or "" for one in due])
    is_near |= (streets[:, None] == streets[None, :]) & (streets != "")[:, None]
    left, groups = set(range(len(due))), []
    while left:
        group, waiting = [], [min(left)]
        left.discard(waiting[0])
        while waiting:
            at = waiting.pop()
            group.append(due[at])
            more = sorted(other for other in left if is_near[at, other])
            left.difference_update(more)
            waiting += more
        groups.append(group)
    return groups


def walks_of(group: Sequence[DueBattery], solve: Solver) -> Iterator[Walk]:
    """Order the stops of a neighbourhood; each walk begins at its stop that is empty first."""
    ordered = sorted(group, key=lambda one: (one.empty_at, one.place.device_id))
    ways = estimate([spot_of(one) for one in ordered], speed_km_h=WALKING_KM_H)
    stops = tuple(Stop(place, 1.0, CHANGE_S) for place in range(len(ordered)))
    n_walks = -(-len(ordered) // MOST_STOPS)
    solution = solve(
        Problem(stops, (Vehicle(0, 0, float(MOST_STOPS), n=n_walks),), ways.distances, ways.durations), EFFORT
    )
    for one in solution.rounds:
        order = list(one.stops)
        first = order.index(min(order))
        order = order[first:] + order[:first]
        legs = [0.0, *(float(ways.distances[a, b]) for a, b in pairwise(order))]
        yield Walk(tuple(ordered[stop] for stop in order), tuple(legs))


def spot_of(one: DueBattery) -> Spot:
    """Give a battery's place."""
    return Spot(one.place.asset, one.place.longitude or 0.0, one.place.latitude or 0.0)


def first_empty(walk: Walk) -> tuple[datetime, int]:
    """Order walks by the battery that is empty first."""
    return min((one.empty_at, one.place.device_id) for one in walk.stops)


def write_csv(rounds: BatteryRounds) -> str:
    """Write the walks as CSV, a line a battery; those without a place come last, without a walk."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, walk in enumerate(rounds.walks, 1):
        for order, (stop, way_m) in enumerate(zip(walk.stops, walk.ways_m, strict=True), 1):
            writer.writerow([number, order, *cells(stop, rounds.time_zone), round(way_m)])
    for stop in rounds.unplaced:
        writer.writerow(["", "", *cells(stop, rounds.time_zone), ""])
    return text.getvalue()


def cells(stop: DueBattery, time_zone: str) -> list[object]:
    """Give what a line says of a battery."""
    place = stop.place
    about = [
        harmless(place.street or ""),
        place.asset,
        harmless(place.name),
        place.device,
        place.longitude,
        place.latitude,
    ]
    return [*about, round(stop.percent), local_day(stop.empty_at, time_zone)]
