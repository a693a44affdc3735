"""What maintenance hints read out of rollups, how far each was told, and their findings about assets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class HintMark:
    """A territory with assets of a hint's types, and up to when the hint was told there (at first: its first hour)."""

    territory_id: int
    time_zone: str
    told_to: datetime


class Gone(NamedTuple):
    """What a fault has gone from: a series, else a device, else an asset; the level there now, where one is known."""

    asset_id: int | None
    device_id: int | None = None
    series_id: int | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class HourOfAsset:
    """An hour of one placed gauge: time-weighted mean over the `covered_s` [s] for which it is known."""

    hour: datetime
    mean: float
    covered_s: float


@dataclass(frozen=True, slots=True)
class DayHigh:
    """The highest value of a civil day, which begins at `day`."""

    day: datetime
    value: float


@dataclass(frozen=True, slots=True)
class AssetHours:
    """A placed gauge's hours in order of time, with its asset's name, place (WGS 84) and parent.

    `highs` are the daily maxima from four weeks before the window on.
    """

    asset_id: int
    name: str
    parent_id: int | None
    longitude: float | None
    latitude: float | None
    highs: tuple[DayHigh, ...]
    hours: tuple[HourOfAsset, ...]


@dataclass(frozen=True, slots=True)
class FilterDay:
    """An air handling unit's day: median pressure drop [Pa] over the square of the fan's speed [1], hours of fan."""

    asset_id: int
    name: str
    day: datetime
    resistance: float
    n_hours: int


@dataclass(frozen=True, slots=True)
class FillCurve:
    """A container's levels [%] in order of time, and when and for what its vehicle comes (None: not entered)."""

    asset_id: int
    name: str
    sector: str | None
    waste_stream: str | None
    times: tuple[datetime, ...]
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class GatewayHour:
    """How many devices behind a gateway said something in an hour; hours without any are not there."""

    asset_id: int
    name: str
    n_devices: int
    hour: datetime
    n_heard: int


def read_hint_marks(connection: Connection, hint: str, version: str, asset_types: Sequence[str]) -> list[HintMark]:
    """Read the territories that have measured assets of these types."""
    parameters = {"hint": hint, "version": version, "types": list(asset_types)}
    return [HintMark(*row) for row in connection.execute(QUERIES["read_hint_marks"], parameters)]


def save_hint_mark(connection: Connection, territory_id: int, hint: str, version: str, told_to: datetime) -> None:
    """Note how far a hint was told."""
    parameters = {"territory_id": territory_id, "hint": hint, "version": version, "told_to": told_to}
    connection.execute(QUERIES["save_hint_mark"], parameters)


def close_hint_findings(
    connection: Connection,
    territory_id: int,
    kind: str,
    about: Sequence[Gone],
    ended_at: datetime,
) -> int:
    """End the open findings of a kind about these, and give how many there were.

    A series is known by itself, a device too: it may have been moved to another asset since. One whose level is still
    nearer to what was told than to what was usual then goes on.
    """
    assets, devices, series, levels = (list(column) for column in zip(*about, strict=True))
    parameters = {"territory_id": territory_id, "kind": kind, "ended_at": ended_at}
    ids = {"asset_ids": assets, "device_ids": devices, "series_ids": series, "levels": levels}
    return connection.execute(QUERIES["close_hint_findings"], {**parameters, **ids}).rowcount


def read_removals(connection: Connection, device_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Read when each of these devices was taken from its last place; those that have one are not in it."""
    return dict(connection.execute(QUERIES["read_removals"], {"device_ids": list(device_ids)}).fetchall())


def read_asset_hours(connection: Connection, window: Window, quantity: str) -> list[AssetHours]:
    """Read the hours of one quantity of the window's assets."""
    parameters = {**window_parameters(window), "quantity": quantity}
    rows: list[tuple[Any, ...]] = connection.execute(QUERIES["read_asset_hours"], parameters).fetchall()
    return [
        AssetHours(
            asset_id=asset_id,
            name=name,
            parent_id=parent_id,
            longitude=longitude,
            latitude=latitude,
            highs=tuple(map(DayHigh, days, highs)),
            hours=tuple(map(HourOfAsset, hours, means, covered)),
        )
        for asset_id, name, parent_id, longitude, latitude, days, highs, hours, means, covered in rows
    ]


def read_filter_days(connection: Connection, window: Window, least_speed_percent: float) -> list[FilterDay]:
    """Read the filters' resistance by civil day, of the hours in which the fan ran at least at this speed."""
    parameters = {**window_parameters(window), "least_speed": least_speed_percent}
    return [FilterDay(*row) for row in connection.execute(QUERIES["read_filter_days"], parameters)]


def read_fill_curves(connection: Connection, window: Window) -> list[FillCurve]:
    """Read the containers' levels, the last of each hour."""
    rows: list[tuple[Any, ...]] = connection.execute(QUERIES["read_fill_curves"], window_parameters(window)).fetchall()
    return [
        FillCurve(asset_id, name, sector, stream, tuple(times), tuple(levels))
        for asset_id, name, sector, stream, times, levels in rows
    ]


def read_gateway_hours(connection: Connection, window: Window) -> list[GatewayHour]:
    """Read how many devices behind each gateway were heard hour by hour."""
    return [GatewayHour(*row) for row in connection.execute(QUERIES["read_gateway_hours"], window_parameters(window))]
