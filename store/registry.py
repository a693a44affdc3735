"""Who and what: territories, assets, devices and placements are registered here, all at once and again at will."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from sensors.asset_entry import AssetEntry
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class TerritoryEntry:
    """A tenant; `parent` is the slug of the territory above it, `kind` region, intercommunality, commune or other."""

    slug: str
    name: str
    kind: str = "commune"
    parent: str | None = None
    time_zone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """A box that reports. `placements` maps a channel ('*': all others) to the slug of the asset it tells about."""

    territory: str
    external_id: str
    name: str | None = None
    model: str | None = None
    gateway: str | None = None
    interval_s: int | None = None
    is_revisable: bool = False
    placements: Mapping[str, str] = field(default_factory=dict)


def register(
    connection: psycopg.Connection[tuple[Any, ...]],
    territories: Iterable[TerritoryEntry] = (),
    assets: Iterable[AssetEntry] = (),
    devices: Iterable[DeviceEntry] = (),
) -> None:
    """Write all entries; what is there already takes the new description, and a placement that stands is kept.

    Parents and gateways must be in the store or come before their children.

    Raises
    ------
    psycopg.errors.NotNullViolation
        An entry names a territory, parent or asset that does not exist.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(QUERIES["upsert_territory"], [territory_parameters(entry) for entry in territories])
        cursor.executemany(QUERIES["upsert_asset"], [asset_parameters(entry) for entry in assets])
        device_list = list(devices)
        cursor.executemany(QUERIES["upsert_device"], [device_parameters(entry) for entry in device_list])
        cursor.executemany(
            QUERIES["place_device"],
            [
                {"territory": entry.territory, "external_id": entry.external_id, "channel": channel, "asset": asset}
                for entry in device_list
                for channel, asset in entry.placements.items()
            ],
        )
        cursor.execute(QUERIES["analyse_registry"])  # the planner must not take a whole town for an empty table


def find_asset(connection: psycopg.Connection[tuple[Any, ...]], territory: str, asset: str) -> int | None:
    """Give the id of an asset by both slugs, None where there is none."""
    row = connection.execute(QUERIES["find_asset"], {"territory": territory, "asset": asset}).fetchone()
    return None if row is None else int(row[0])


def territory_parameters(entry: TerritoryEntry) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "slug": entry.slug,
        "name": entry.name,
        "kind": entry.kind,
        "parent": entry.parent,
        "time_zone": entry.time_zone,
    }


def asset_parameters(entry: AssetEntry) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "territory": entry.territory,
        "slug": entry.slug,
        "name": entry.name,
        "type": entry.type,
        "longitude": entry.longitude,
        "latitude": entry.latitude,
        "parent": entry.parent,
        "attributes": Jsonb(dict(entry.attributes)),
    }


def device_parameters(entry: DeviceEntry) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "territory": entry.territory,
        "external_id": entry.external_id,
        "name": entry.name,
        "model": entry.model,
        "gateway": entry.gateway,
        "interval_s": entry.interval_s,
        "is_revisable": entry.is_revisable,
    }
