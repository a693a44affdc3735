"""What KPIs against a baseline read: projects, metered nights and days, prices, plans and rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ProjectAsset:
    """An asset that a project changed, where it stands (degrees, WGS 84), and the days of baseline and works."""

    asset_id: int
    project: str
    longitude: float | None
    latitude: float | None
    started_on: date
    baseline_from: date
    baseline_to: date
    time_zone: str


@dataclass(frozen=True, slots=True)
class MeteredDay:
    """What one placed counter counted in a day (or night: noon to noon, named by the day it begins on).

    `increase` in the counter's unit came about in `span_s` [s]; `off_peak` of it between the off-peak hours asked for.
    """

    asset_id: int
    series_id: int
    day: date
    increase: float
    off_peak: float
    span_s: float
    n_resets: int


@dataclass(frozen=True, slots=True)
class Price:
    """A tariff: euros per unit, off-peak hours and price where it has them, and its days (`valid_to` None: on)."""

    unit: str
    price_eur: float
    off_peak_price_eur: float | None
    off_peak_from: time | None
    off_peak_to: time | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class ScheduledHours:
    """A switch-off or dimming of an asset, in civil hours on some weekdays (Monday 0); `level` 0 to 1 remains."""

    asset_id: int
    kind: str
    from_time: time
    to_time: time
    level: float
    valid_from: date
    valid_to: date | None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


def read_projects(connection: Connection, window: Window, domain: str) -> list[ProjectAsset]:
    """Read the assets of the window's types that a project of this domain changed before the window ends.

    An asset of several projects comes with the first: its baseline is what had been before anything was done.
    """
    parameters = {**window_parameters(window), "domain": domain}
    return [ProjectAsset(*row) for row in connection.execute(QUERIES["read_projects"], parameters)]


def read_metered_days(
    connection: Connection,
    window: Window,
    quantity: str,
    *,
    shift_h: int = 0,
    off_peak: tuple[time, time] | None = None,
) -> list[MeteredDay]:
    """Read what counters counted by civil day, or by night with `shift_h` 12; in order of series and day."""
    parameters = {
        **window_parameters(window),
        "quantity": quantity,
        "shift_h": shift_h,
        "off_peak_from": off_peak[0] if off_peak else None,
        "off_peak_to": off_peak[1] if off_peak else None,
    }
    return [MeteredDay(*row) for row in connection.execute(QUERIES["read_metered_days"], parameters)]


def read_prices(connection: Connection, territory_id: int, energy: str, use: str) -> list[Price]:
    """Read the tariffs of a use, oldest first."""
    parameters = {"territory_id": territory_id, "energy": energy, "use": use}
    return [Price(*row) for row in connection.execute(QUERIES["read_prices"], parameters)]


def read_schedules(connection: Connection, window: Window) -> list[ScheduledHours]:
    """Read the hours of the window's assets that hold on any of its days."""
    return [
        ScheduledHours(*(*row[:-1], tuple(row[-1])))
        for row in connection.execute(QUERIES["read_schedules"], window_parameters(window))
    ]


def price_on(prices: Sequence[Price], day: date) -> Price | None:
    """Give the price that holds on a day, None where none does."""
    for price in prices:
        if price.valid_from <= day and (price.valid_to is None or day < price.valid_to):
            return price
    return None


def read_factor(connection: Connection, territory_id: int, factor: str, day: date) -> float | None:
    """Read a factor as it holds on a day, None where it was not entered."""
    parameters = {"territory_id": territory_id, "factor": factor, "day": day}
    row: tuple[Any, ...] | None = connection.execute(QUERIES["read_factor"], parameters).fetchone()
    return None if row is None else float(row[0])


@dataclass(frozen=True, slots=True)
class DatedFactor:
    """A number that turns one amount into another from a day on, until a day not included, and where it was read."""

    factor: str
    value: float
    unit: str
    source: str
    valid_from: date
    valid_to: date | None = None


def read_factors(connection: Connection, territory_id: int, factor: str) -> list[DatedFactor]:
    """Read what a territory entered of one factor, oldest first."""
    parameters = {"territory_id": territory_id, "factor": factor}
    return [DatedFactor(*row) for row in connection.execute(QUERIES["read_factors"], parameters)]


@dataclass(frozen=True, slots=True)
class PlannedRounds:
    """The fixed plan of a sector and stream; weekdays Monday 0, every so many weeks from the week of `first_on`."""

    sector: str
    waste_stream: str
    weekdays: tuple[int, ...]
    every_weeks: int
    first_on: date
    start_time: time
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DoneRound:
    """A round that was driven, as somebody (`source`) said."""

    sector: str
    waste_stream: str
    started_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A round that the plan sends: where, for what, and between which instants its vehicle would have come by."""

    sector: str
    waste_stream: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SeenFill:
    """A container's level [%] before a slot (its `index` in the list) and its lowest in it; None: not known."""

    index: int
    asset_id: int
    before: float | None
    lowest: float | None


def read_plans(connection: Connection, window: Window) -> list[PlannedRounds]:
    """Read the collection plans that hold in the window."""
    return [
        PlannedRounds(row[0], row[1], tuple(row[2]), row[3], row[4], row[5], row[6])
        for row in connection.execute(QUERIES["read_plans"], window_parameters(window))
    ]


def read_rounds(connection: Connection, window: Window) -> list[DoneRound]:
    """Read the rounds that began in the window."""
    return [DoneRound(*row) for row in connection.execute(QUERIES["read_rounds"], window_parameters(window))]


def read_fills(connection: Connection, window: Window, slots: Sequence[Slot]) -> list[SeenFill]:
    """Read what the containers of each slot's sector and stream said around it."""
    parameters = {
        **window_parameters(window),
        "sectors": [slot.sector for slot in slots],
        "waste_streams": [slot.waste_stream for slot in slots],
        "begins": [slot.begins_at for slot in slots],
        "ends": [slot.ends_at for slot in slots],
        "earliest": min((slot.begins_at for slot in slots), default=window.begins_at),
        "latest": max((slot.ends_at for slot in slots), default=window.ends_at),
    }
    return [SeenFill(*row) for row in connection.execute(QUERIES["read_fills"], parameters)]


@dataclass(frozen=True, slots=True)
class DayTemperature:
    """The lowest and highest outdoor temperature of a civil day [Cel], the mean of the territory's stations.

    `mean` is that over time, or as it was published; None where only lowest and highest are.
    """

    day: date
    lowest: float
    highest: float
    mean: float | None = None


def read_temperatures(connection: Connection, window: Window) -> list[DayTemperature]:
    """Read the days of the window that the weather stations know for at least 20 hours.

    Where none does on a day, the lowest and highest that a weather service published for it.
    """
    return [DayTemperature(*row) for row in connection.execute(QUERIES["read_temperatures"], window_parameters(window))]


def read_parents(connection: Connection, window: Window, parent_type: str) -> dict[int, int]:
    """Give the assets of the window's types that belong to an asset of another type, with that one."""
    parameters = {**window_parameters(window), "parent_type": parent_type}
    return {row[0]: row[1] for row in connection.execute(QUERIES["read_parents"], parameters)}


def read_time_zone(connection: Connection, territory_id: int) -> str:
    """Give a territory's time zone."""
    row = connection.execute(QUERIES["read_time_zone"], {"territory_id": territory_id}).fetchone()
    if row is None:
        raise LookupError(f"territory {territory_id}")
    return str(row[0])
