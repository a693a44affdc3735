"""A small town in the store with two assets of every type and everything that dashboards show, and its neighbour."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from deploy.local.services import Services
from sensors.asset_entry import AssetEntry
from sensors.kpi import KPI_NAMES
from sensors.types import asset_types
from store import rollup
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from store.sql import load_queries
from tests.support.grafana_asking import Session
from tests.support.readers import readers_of
from tests.support.services import fresh_database

QUERIES = load_queries(__file__)
TERRITORIES = [TerritoryEntry("town", "Town"), TerritoryEntry("other", "Other")]
ODD_NAME = 'L\'allée <b>"${nord}"</b>'
# On what assets of a type hang.
PARENTS = {"street_light": "light_cabinet-1", "parking_bay": "car_park-1", "building_zone": "building-1"}


def assets() -> Iterator[AssetEntry]:
    """Give two assets of each type, parents first; the first lamp has an odd name, the neighbour's are foreign."""
    for name in sorted(asset_types(), key=lambda name: name in PARENTS):
        for number in (1, 2):
            title = ODD_NAME if (name, number) == ("street_light", 1) else f"{name} {number}"
            yield AssetEntry(
                "town", f"{name}-{number}", title, name, 5.1, 47.5 + number / 100, PARENTS.get(name),
                {"waste_stream": "glass", "capacity_l": 4000} if name == "waste_container" else {"note": "x"},
            )  # fmt: skip
        yield AssetEntry("other", f"{name}-1", "Foreign", name, 5.3, 47.7)


def seed_grafana_town(database_url: str, now: datetime) -> None:
    """Register both towns and store three days of them, rolled up."""
    entries = list(assets())
    devices = [
        DeviceEntry(one.territory, one.slug, model="box", interval_s=1800, placements={"*": one.slug})
        for one in entries
    ]
    with connect(database_url, program="test") as connection:
        register(connection, TERRITORIES, entries, devices)
        with psycopg.ClientCursor(connection) as cursor:
            for name in ("describe", "measure", "tell", "deliver", "reckon"):
                cursor.execute(QUERIES[name], given_at(now))
    with connect(database_url, program="test", autocommit=True) as connection:
        rollup.refresh(connection, now, grace_s=0, settle_s=0)
        connection.execute("analyze")


def given_at(now: datetime) -> dict[str, Any]:
    """Give what the seed's queries want: the instant at which it ends, and the registries."""
    observed = [(name, one.channel, one.quantity) for name, kind in asset_types().items() for one in kind.quantities]
    types, channels, quantities = (list(part) for part in zip(*observed, strict=True))
    return {
        "now": now, "types": types, "channels": channels, "quantities": quantities,
        "kpis": list(KPI_NAMES), "units": ["1"] * len(KPI_NAMES),
    }  # fmt: skip


@pytest.fixture(scope="module")
def town(services: Services, database_template: str) -> Iterator[Session]:
    """The reader of a small town with three days of data; a second town is its neighbour. Tests only read."""
    with fresh_database(services, database_template) as url, readers_of(url) as make_reader:
        seed_grafana_town(url, datetime.now(UTC))
        with psycopg.connect(make_reader("town"), autocommit=True) as session:
            yield session
