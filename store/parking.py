"""What parking KPIs and forecasts read: values of car parks, days of bays, hours of zones, stays, assumptions.

A zone is the bay's parent asset, else its attribute `zone`, else "".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ParkCurve:
    """A car park's values of one quantity, the newest of each quarter of an hour, at their instants [Unix s]."""

    asset_id: int
    quantity: str
    n_places: float | None
    at_s: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BayDays:
    """Civil days of one placed bay, counted from the first asked for: seconds free and occupied, changes, arrivals."""

    asset_id: int
    series_id: int
    zone: str
    zone_asset_id: int | None
    days: tuple[int, ...]
    free_s: tuple[float, ...]
    occupied_s: tuple[float, ...]
    n_changes: tuple[int, ...]
    n_arrivals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ZoneHour:
    """An hour of all bays of a zone: bay seconds free and occupied, and cars that came."""

    zone: str
    hour: datetime
    free_s: float
    occupied_s: float
    n_arrivals: int


@dataclass(frozen=True, slots=True)
class BayStays:
    """Stays in one placed bay with a longest stay [min]: begins [Unix s], lengths [s]; `n_unknown` more have none."""

    asset_id: int
    series_id: int
    zone: str
    longest_stay_min: float
    began_s: tuple[float, ...]
    lasted_s: tuple[float, ...]
    n_unknown: int


@dataclass(frozen=True, slots=True)
class ParkDays:
    """Lowest and highest hourly mean of one placed series of a car park by civil day, counted from the first."""

    asset_id: int
    series_id: int
    days: tuple[int, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that people entered among the factors, and where it is from."""

    factor: str
    value: float
    source: str


def read_park_values(connection: Connection, window: Window, quantities: Sequence[str]) -> list[ParkCurve]:
    """Read values of these quantities, by asset and series."""
    parameters = {**window_parameters(window), "quantities": list(quantities)}
    rows = connection.execute(QUERIES["read_park_values"], parameters)
    return [
        ParkCurve(asset_id, quantity, n_places, tuple(at_s), tuple(values))
        for asset_id, quantity, n_places, at_s, values in rows
    ]


def read_bay_days(connection: Connection, window: Window, first: date) -> list[BayDays]:
    """Read the bays' civil days of a window, counted from `first`."""
    parameters = {**window_parameters(window), "quantity": "occupancy", "first": first}
    rows = connection.execute(QUERIES["read_bay_days"], parameters)
    return [BayDays(*row[:4], *map(tuple, row[4:])) for row in rows]


def read_zone_hours(connection: Connection, window: Window, without: Sequence[int]) -> list[ZoneHour]:
    """Read the hours of zones, without these bays."""
    parameters = {**window_parameters(window), "quantity": "occupancy", "without": list(without)}
    bays = connection.execute(QUERIES["read_zone_bays"], parameters).fetchall()
    if not bays:
        return []
    names = ("series_ids", "zones", "begins", "ends")
    columns = dict(zip(names, map(list, zip(*bays, strict=True)), strict=True))
    rows = connection.execute(QUERIES["read_zone_hours"], {**window_parameters(window), **columns}, prepare=False)
    return [ZoneHour(*row) for row in rows]


def read_limited_stays(connection: Connection, window: Window, reach_s: float) -> list[BayStays]:
    """Read stays that ended in the window, of bays with a longest stay; begins are looked for `reach_s` [s] before."""
    parameters = {**window_parameters(window), "quantity": "occupancy", "reach_s": reach_s}
    rows = connection.execute(QUERIES["read_limited_stays"], parameters)
    return [
        BayStays(asset_id, series_id, zone, longest, tuple(began_s), tuple(lasted_s), n_unknown)
        for asset_id, series_id, zone, longest, began_s, lasted_s, n_unknown in rows
    ]


def read_park_floors(connection: Connection, window: Window, quantities: Sequence[str], first: date) -> list[ParkDays]:
    """Read the bounds of the car parks' civil days, counted from `first`."""
    parameters = {**window_parameters(window), "quantities": list(quantities), "first": first}
    rows = connection.execute(QUERIES["read_park_floors"], parameters)
    return [ParkDays(row[0], row[1], *map(tuple, row[2:])) for row in rows]


def read_assumptions(connection: Connection, territory_id: int, factors: Sequence[str], day: date) -> list[Assumption]:
    """Read factors as they hold on a day."""
    parameters = {"territory_id": territory_id, "factors": list(factors), "day": day}
    return [Assumption(*row) for row in connection.execute(QUERIES["read_assumptions"], parameters)]
