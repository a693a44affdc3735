"""Who may send, and the series of what they send: found by their keys, made where they are missing."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sensors.clock import ClockRule
from store.intake import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


class DeviceRow(NamedTuple):
    """A device that may send: `territory` is a slug, `clock_rules` make its times right."""

    territory: str
    external_id: str
    device_id: int
    territory_id: int
    is_revisable: bool
    clock_rules: tuple[ClockRule, ...] = ()


class SeriesKey(NamedTuple):
    """What makes a series of a device."""

    device_id: int
    channel: str
    quantity: str
    unit: str
    is_simulated: bool = False


class NamedSeries(NamedTuple):
    """What a series is of: territory as a slug, device as its external id, None where the series is computed."""

    territory: str
    device: str | None
    channel: str
    quantity: str
    is_simulated: bool


def read_named_series(connection: Connection, numbers: Iterable[int]) -> dict[int, NamedSeries]:
    """Give those of the numbers that are series."""
    rows = connection.execute(QUERIES["read_named_series"], {"series_ids": [*numbers]})
    return {int(row[0]): NamedSeries(*row[1:]) for row in rows}


def read_devices(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[DeviceRow]:
    """Give those of the (territory slug, external id) that are registered and may send."""
    parameters = {"territories": [key[0] for key in keys], "external_ids": [key[1] for key in keys]}
    rows = connection.execute(QUERIES["read_devices"], parameters)
    return [DeviceRow(*row)._replace(clock_rules=tuple(ClockRule(*rule) for rule in row[5] or ())) for row in rows]


def read_territories(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    """Give the numbers of those slugs that are territories."""
    return {slug: number for slug, number in connection.execute(QUERIES["read_territories"], {"territories": [*slugs]})}


def ensure_series(connection: Connection, keys: Sequence[SeriesKey]) -> dict[SeriesKey, int]:
    """Give the series of these keys and make those that are missing.

    Raises
    ------
    psycopg.errors.ForeignKeyViolation
        A quantity is not in the catalogue: the database was migrated by an older version.
    """
    found = find_series(connection, keys)
    missing = [key for key in keys if key not in found]
    if missing:
        connection.execute(QUERIES["create_series"], series_parameters(missing))
        found |= find_series(connection, missing)
    return found


def find_series(connection: Connection, keys: Sequence[SeriesKey]) -> dict[SeriesKey, int]:
    """Give the series of these keys that exist."""
    rows = connection.execute(QUERIES["read_series"], series_parameters(keys))
    return {SeriesKey(*row[:5]): row[5] for row in rows}


def series_parameters(keys: Sequence[SeriesKey]) -> dict[str, list[Any]]:
    """Turn keys into parallel arrays."""
    return {
        "device_ids": [key.device_id for key in keys],
        "channels": [key.channel for key in keys],
        "quantities": [key.quantity for key in keys],
        "units": [key.unit for key in keys],
        "are_simulated": [key.is_simulated for key in keys],
    }
