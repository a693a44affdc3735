"""A town with something of everything that is published, told by rollups from March to mid-April 2026."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from analytics.open_data.release import Moment
from sensors.asset_entry import AssetEntry
from sensors.data_sets import DATA_SETS
from store.connect import connect
from store.publications import NewPublication, Publication, add_publication, find_publication
from store.registry import DeviceEntry, TerritoryEntry, register
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
BEGIN = datetime(2026, 2, 28, 23, tzinfo=UTC)  # 1 March in Paris
END = datetime(2026, 4, 15, 22, tzinfo=UTC)
N_BAYS = {"centre": 8, "place": 6, "gare": 2}
PARK = {
    "n_places": 325,
    "n_disabled_places": 8,
    "is_paid": True,
    "national_id": "21231-P-001",
    "siret": "21210231300013",
    "height_cm": 190,
}


def assets() -> list[AssetEntry]:
    """Streets with bays, two car parks of which one is hardly known, containers, a cabinet, counters in and out."""
    streets = [AssetEntry("town", zone, zone.title(), "building_zone") for zone in N_BAYS]
    bays = [
        AssetEntry("town", f"{zone}-{n}", f"Bay {n}", "parking_bay", 5.04 + n / 1e4, 47.32, parent=zone)
        for zone, count in N_BAYS.items()
        for n in range(count)
    ]
    bins = [
        AssetEntry("town", f"bin-{n}", f"Bin {n}", "waste_container", 5.05, 47.33, attributes={"zone": zone})
        for n, zone in enumerate(["nord"] * 6 + ["sud"] * 2)
    ]
    return [
        *streets,
        *bays,
        *bins,
        AssetEntry("town", "halles", "Les Halles – Été", "car_park", 5.0412345, 47.3212345, attributes=PARK),
        AssetEntry("town", "other-park", "Other", "car_park", 5.05, 47.32, attributes={"n_places": 50}),
        AssetEntry("town", "cabinet", "=Armoire", "light_cabinet", 5.041234, 47.321234),
        AssetEntry("town", "voie-verte", "Voie verte", "traffic_counter", 5.06, 47.34, attributes={"direction": "sw"}),
        AssetEntry("town", "mairie", "Mairie", "people_counter", 5.06, 47.34, attributes={"is_indoor": True}),
    ]


@contextmanager
def open_town(database_url: str) -> Iterator[Connection]:
    """Store the town and give a connection on which each step is a transaction of its own."""
    with connect(database_url, program="test", autocommit=True) as connection:
        entries = assets()
        devices = [
            DeviceEntry("town", f"dev-{one.slug}", placements={"*": one.slug})
            for one in entries
            if one.type != "building_zone" and one.slug != "other-park"
        ]
        territories = [TerritoryEntry("town", "Bourg-sur-Tille"), TerritoryEntry("other", "Autreville")]
        register(connection, territories, entries, devices)
        connection.execute(QUERIES["insert_series"])
        connection.execute(QUERIES["insert_kpis"])
        pass_hours(connection, BEGIN, END)
        yield connection


def pass_hours(connection: Connection, begin: datetime, end: datetime) -> None:
    """Let hours have passed and been computed."""
    for name in ("insert_bay_hours", "insert_gauge_hours", "insert_counter_hours"):
        connection.execute(QUERIES[name], {"from": begin, "to": end})


def add(connection: Connection, dataset: str, step: str | None = None, **changes: Any) -> Publication:
    """Add a publication of the town under the name of its data set."""
    chosen = DATA_SETS[dataset]
    given: dict[str, Any] = {
        "territory": "town",
        "slug": dataset.replace("_", "-"),
        "dataset": dataset,
        "title_fr": chosen.title_fr,
        "title_en": chosen.title_en,
        "licence": "lov2",
        "frequency": "monthly",
        "step": step or chosen.steps[0],
        "least_group": 5,
        "contact": "data@bourg.test",
        "from_on": date(2026, 3, 1),
    }
    new = NewPublication(**{**given, **changes})
    add_publication(connection, new, "test")
    found = find_publication(connection, new.territory, new.slug)
    assert found is not None
    return found


def moment(known_to: datetime = END) -> Moment:
    """An hour after rollups were computed."""
    return Moment(known_to, known_to, "test")
