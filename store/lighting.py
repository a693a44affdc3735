"""What lighting KPIs read: power by hour, counted spells, facts of cabinets, and what is told of their lamps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import numpy as np

from store.hour_slices import Floats, Integers, read_known_hours, unix_us
from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)
HOUR, HOUR_US = timedelta(hours=1), 3_600_000_000


@dataclass(frozen=True, slots=True)
class PowerHours:
    """The mean power [W] of one placed series in each hour of a period; None where less than half of it is known.

    `first` is the number of the hour from which it is expected to speak. Place (WGS 84): its own, else its parent's.
    """

    asset_id: int
    parent_id: int | None
    series_id: int
    longitude: float | None
    latitude: float | None
    nominal_w: float | None
    first: int
    watts: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class CountedSpells:
    """What one placed counter counted, spell by spell: [ended_s - lasted_s, ended_s) in Unix seconds, and [kW.h]."""

    asset_id: int
    series_id: int
    ended_s: tuple[float, ...]
    lasted_s: tuple[float, ...]
    kwh: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CabinetFacts:
    """What is entered of a cabinet and of the lamps behind it; None where it is not.

    `old_watts` [W] is what all its lamps drew before, control gear included: the cabinet's own entry, else the sum of
    its lamps', of which `n_old_watts` of `n_listed` have one. `n_lamps` is its own entry, else `n_listed`.
    """

    asset_id: int
    longitude: float | None
    latitude: float | None
    old_watts: float | None
    n_old_watts: int
    n_listed: int
    n_lamps: float | None
    street_length_m: float | None
    lit_area_m2: float | None
    illuminance_lx: float | None
    sun_depression_deg: float | None


@dataclass(frozen=True, slots=True)
class LampOutage:
    """Energy [kW.h] that the lamps behind a cabinet did not draw because they alone were out, as its KPI tells it."""

    asset_id: int
    kwh: float
    low_kwh: float
    high_kwh: float


@dataclass(frozen=True, slots=True)
class YearCount:
    """What one placed counter counted in a year [kW.h], and the seconds in which that came about."""

    asset_id: int
    series_id: int
    kwh: float
    counted_s: float


def read_power_hours(connection: Connection, window: Window) -> list[PowerHours]:
    """Read the hours of active power of the window's assets, of whole hours from its begin on."""
    placed = connection.execute(QUERIES["read_powered"], window_parameters(window)).fetchall()
    series_ids = np.unique(np.array([row[2] for row in placed], dtype=np.int64))
    watts = read_watts(connection, window, series_ids)
    rows = np.searchsorted(series_ids, [row[2] for row in placed])
    return [
        PowerHours(
            asset_id=row[0],
            parent_id=row[1],
            series_id=row[2],
            longitude=row[3],
            latitude=row[4],
            nominal_w=row[5],
            first=(row[6] - window.begins_at) // HOUR,
            watts=within(own, window, row[6], row[7]),
        )
        for row, own in zip(placed, watts[rows], strict=True)
    ]


def read_watts(connection: Connection, window: Window, series_ids: Integers) -> Floats:
    """Read the mean power [W] of each hour, (n_series, n_hours); NaN where less than half of it is known."""
    watts = np.full((series_ids.size, round((window.ends_at - window.begins_at) / HOUR)), np.nan)
    begins_us = unix_us(window.begins_at)
    for hours in read_known_hours(connection, series_ids, window.begins_at, window.ends_at):
        watts[:, np.rint((hours.at_us - begins_us) / HOUR_US).astype(int)] = hours.columns[0].T
    return watts


def within(watts: Floats, window: Window, begins_at: datetime, ends_at: datetime) -> tuple[float | None, ...]:
    """Give the hours of one series, None where it is not known or not placed."""
    known = ~np.isnan(watts)
    known[: ceil((begins_at - window.begins_at) / HOUR)] = False
    known[ceil((ends_at - window.begins_at) / HOUR) :] = False
    values: list[float] = watts.tolist()
    if known.all():
        return tuple(values)
    return tuple(value if is_known else None for value, is_known in zip(values, known.tolist(), strict=True))


def read_counted_spells(connection: Connection, window: Window) -> list[CountedSpells]:
    """Read what the meters of the window's assets counted, one spell for each hour in which they spoke."""
    rows = connection.execute(QUERIES["read_counted_spells"], window_parameters(window))
    return [CountedSpells(row[0], row[1], tuple(row[2]), tuple(row[3]), tuple(row[4])) for row in rows]


def read_cabinet_facts(connection: Connection, window: Window) -> list[CabinetFacts]:
    """Read what is entered of the window's cabinets."""
    return [CabinetFacts(*row) for row in connection.execute(QUERIES["read_cabinet_facts"], window_parameters(window))]


def read_lamp_outages(connection: Connection, window: Window, kpi: str) -> list[LampOutage]:
    """Read the outages that a KPI tells of exactly this period, by cabinet; withheld ones are not there."""
    parameters = {**window_parameters(window), "kpi": kpi}
    return [LampOutage(*row) for row in connection.execute(QUERIES["read_lamp_outages"], parameters)]


def read_year_counts(connection: Connection, window: Window, since: datetime) -> list[YearCount]:
    """Read what the meters of the window's assets counted from `since` to the window's end."""
    parameters = {**window_parameters(window), "since": since}
    return [YearCount(*row) for row in connection.execute(QUERIES["read_year_counts"], parameters)]
