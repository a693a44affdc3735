"""What KPIs of buildings read: which meter belongs to which building, its days and hours, weather, zones, areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class BuildingMeter:
    """An asset that meters an energy (electricity, gas, heat) of a building or of itself (`owner_id`)."""

    owner_id: int
    asset_id: int
    energy: str


@dataclass(frozen=True, slots=True)
class UsedDay:
    """What one placed series says of a civil day: its amount (kW.h, of gas m3), in how many seconds it came about.

    Of counters the increase; of electricity that is known as power alone, its mean over the time known.
    """

    asset_id: int
    series_id: int
    energy: str
    day: date
    amount: float
    span_s: float
    n_resets: int


@dataclass(frozen=True, slots=True)
class UsedHours:
    """Hours (since 1970, UTC) of one placed counter of electricity that stand for themselves, and their use [kW.h]."""

    asset_id: int
    series_id: int
    hours: tuple[int, ...]
    kwh: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HourTemperatures:
    """Hours (since 1970, UTC) and their mean outdoor temperature [°C] at the territory's stations."""

    hours: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OffPeakShare:
    """Which share of an asset's electricity was used in the off-peak hours asked about."""

    asset_id: int
    share: float


@dataclass(frozen=True, slots=True)
class NightUse:
    """Electricity of one placed counter between one and five in the morning [kW.h], and the seconds it took."""

    asset_id: int
    series_id: int
    day: date
    kwh: float
    span_s: float


@dataclass(frozen=True, slots=True)
class ZoneHour:
    """The mean of a quantity (temperature, co2) in a zone over an hour of civil time that began on a day."""

    asset_id: int
    quantity: str
    day: date
    hour: int
    mean: float


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Civil hours in which a zone is open, its own or its building's, on the weekdays named (Monday 0)."""

    asset_id: int
    from_time: time
    to_time: time
    weekdays: tuple[int, ...]
    valid_from: date
    valid_to: date | None


def read_building_meters(connection: Connection, owners: Sequence[int]) -> list[BuildingMeter]:
    """Give the meters of these assets: their own, else the electricity, gas and heat meters that belong to them.

    Where a building itself reports an energy, the meters below it are parts of that and left out.
    """
    rows = connection.execute(QUERIES["read_building_meters"], {"owners": list(owners)})
    return [BuildingMeter(*row) for row in rows]


def read_used_days(connection: Connection, window: Window, assets: Sequence[int]) -> list[UsedDay]:
    """Read what the meters of these assets counted by civil day; in order of asset, energy, series and day."""
    parameters = {**window_parameters(window), "assets": list(assets)}
    return [UsedDay(*row) for row in connection.execute(QUERIES["read_used_days"], parameters)]


def read_used_hours(connection: Connection, window: Window, assets: Sequence[int]) -> list[UsedHours]:
    """Read the hours of the electricity counters of these assets, those left out that a gap or a reset spoils."""
    parameters = {**window_parameters(window), "assets": list(assets)}
    rows = connection.execute(QUERIES["read_used_hours"], parameters)
    return [UsedHours(row[0], row[1], tuple(row[2]), tuple(row[3])) for row in rows]


def read_hour_temperatures(connection: Connection, window: Window) -> HourTemperatures:
    """Read the hourly outdoor temperature, the mean of the stations that know most of the hour."""
    rows = connection.execute(QUERIES["read_hour_temperatures"], window_parameters(window)).fetchall()
    return HourTemperatures(tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def read_off_peak_shares(
    connection: Connection, window: Window, assets: Sequence[int], hours: tuple[time, time]
) -> list[OffPeakShare]:
    """Read the share of electricity in off-peak hours, each hour counted for the half hour in which it begins."""
    parameters = {**window_parameters(window), "assets": list(assets), "begins": hours[0], "ends": hours[1]}
    return [OffPeakShare(*row) for row in connection.execute(QUERIES["read_off_peak_shares"], parameters)]


def read_floor_areas(connection: Connection, window: Window) -> dict[int, float]:
    """Give the floor area [m2] of the territory's buildings that tell it."""
    rows = connection.execute(QUERIES["read_floor_areas"], window_parameters(window))
    return {row[0]: row[1] for row in rows}


def read_night_use(connection: Connection, window: Window) -> list[NightUse]:
    """Read the electricity of the window's assets from one to five each night."""
    return [NightUse(*row) for row in connection.execute(QUERIES["read_night_use"], window_parameters(window))]


def read_zone_hours(connection: Connection, window: Window) -> list[ZoneHour]:
    """Read the hourly means of temperature and CO2 of the window's zones, hours that are mostly known."""
    return [ZoneHour(*row) for row in connection.execute(QUERIES["read_zone_hours"], window_parameters(window))]


def read_opening_hours(connection: Connection, window: Window) -> list[OpeningHours]:
    """Read when the window's zones are open, by their own schedule or their building's."""
    rows = connection.execute(QUERIES["read_opening_hours"], window_parameters(window))
    return [OpeningHours(row[0], row[1], row[2], tuple(row[3]), row[4], row[5]) for row in rows]
