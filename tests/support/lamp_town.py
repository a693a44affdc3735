"""A small town in the store for the page: two lamps and a bin, a day of power up to now, a finding, KPIs."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from analytics.incidents.job import keep_incidents
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.keys import create_key
from store.registry import DeviceEntry, TerritoryEntry, register
from store.results import Finding, KpiValue, open_finding, write_kpis

SLUG = "is-sur-tille"
HOSTILE_NAME = '<img src=x onerror="document.title=1"><script>document.title="taken"</script>'
N_VALUES = 144
STEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LampTown:
    """A key that sees the town, one that sees an empty town, and the numbers of what is in it."""

    key: str
    empty_key: str
    lamp_id: int
    series_id: int
    last_at: datetime


def seed_lamp_town(database_url: str) -> LampTown:
    """Register the town, store its power every ten minutes up to now, a finding and KPI values, and make the keys."""
    last_at = datetime.now(UTC).replace(microsecond=0)
    with connect(database_url, program="test") as connection:
        register_things(connection)
        series_id = store_power(connection, last_at)
        lamp_id = number(connection, "select asset_id from assets where slug = 'lamp-1'")
        territory_id = number(connection, f"select territory_id from territories where slug = '{SLUG}'")
        open_finding(connection, a_finding(territory_id, lamp_id, series_id, last_at))
        keep_incidents(connection, last_at)
        write_kpis(connection, some_kpis(territory_id, last_at))
        connection.execute(
            "insert into kpi_publications (territory_id, kpi) values (%s, 'street_light_energy')", (territory_id,)
        )
        keys = [create_key(connection, slug, [slug]) for slug in (SLUG, "empty")]
    return LampTown(keys[0], keys[1], lamp_id, series_id, last_at)


def register_things(connection: psycopg.Connection[Any]) -> None:
    """Register the town, an empty one, three assets and a device."""
    register(
        connection,
        [TerritoryEntry(SLUG, "Is-sur-Tille"), TerritoryEntry("empty", "Commune vide")],
        [
            AssetEntry(SLUG, "lamp-1", "Lampe rue de l’Église 1", "street_light", 5.1, 47.52),
            AssetEntry(SLUG, "lamp-2", HOSTILE_NAME, "street_light", 5.11, 47.525),
            AssetEntry(SLUG, "bin-1", "Bac place de la République", "waste_container", 5.105, 47.521),
        ],
        [DeviceEntry(SLUG, "dev-1", interval_s=600, placements={"*": "lamp-1"})],
    )


def store_power(connection: psycopg.Connection[Any], last_at: datetime) -> int:
    """Store a day of power of the first lamp, 40 W to 46 W, and give the number of its series."""
    series_id = number(
        connection,
        "insert into series (territory_id, device_id, quantity, unit)"
        " select territory_id, device_id, 'active_power', 'W' from devices where external_id = 'dev-1'"
        " returning series_id",
    )
    connection.execute(
        "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
        " values ('test', now(), 1, 1, 'native/1')"
    )
    add_measurements(connection, series_id, [(last_at - STEP * n, 40.0 + n % 7) for n in range(N_VALUES)])
    return series_id


def add_measurements(connection: psycopg.Connection[Any], series_id: int, rows: list[tuple[datetime, float]]) -> None:
    """Store measurements and take the newest as the last value."""
    connection.cursor().executemany(
        "insert into measurements (series_id, batch_id, observed_at, value) values (%s, 1, %s, %s)",
        [(series_id, at, value) for at, value in rows],
    )
    at, value = max(rows)
    connection.execute(
        "insert into last_values (series_id, observed_at, value, batch_id) values (%s, %s, %s, 1)"
        " on conflict (series_id) do update set observed_at = excluded.observed_at, value = excluded.value",
        (series_id, at, value),
    )


def a_finding(territory_id: int, asset_id: int, series_id: int, last_at: datetime) -> Finding:
    """Make an open finding about the first lamp's power."""
    return Finding(
        territory_id=territory_id,
        kind="unusual_value",
        model="robust",
        model_version="1",
        started_at=last_at - timedelta(hours=2),
        score=4.2,
        severity="urgent",
        sentence_en="Lamp 1: power is 46 W; between 38 and 44 W is usual.",
        sentence_fr="Lampe 1 : puissance 46 W ; d’habitude entre 38 et 44 W.",
        evidence={"aspect": "value", "value": 46.0, "expected_low": 38.0, "expected_high": 44.0, "unit": "W"},
        asset_id=asset_id,
        series_id=series_id,
    )


def some_kpis(territory_id: int, last_at: datetime) -> list[KpiValue]:
    """Make five nights of energy used, and a figure that is withheld."""
    noon = last_at.replace(hour=11, minute=0, second=0) - timedelta(days=1)
    energy = [
        KpiValue(
            territory_id, None, "street_light_energy", noon - timedelta(days=n), noon - timedelta(days=n - 1),
            1234.5 + n, "kW.h", 1200.0, 1260.5, 0.97, "counter differences, else held power", "1", "a" * 64,
            proof={"n_series": 1},
        )
        for n in range(1, 6)
    ]  # fmt: skip
    withheld = KpiValue(
        territory_id, None, "building_energy", noon - timedelta(days=1), noon, None, "kW.h", None, None, 0.4,
        "counter differences, else held power", "1", "b" * 64,
        withheld="too little data: 40% of the time is known, 75% are needed",
    )  # fmt: skip
    return [*energy, withheld]


def number(connection: psycopg.Connection[Any], query: str) -> int:
    """Give the one number a query finds."""
    row = connection.execute(query.encode()).fetchone()
    assert row is not None, json.dumps(query)
    return int(row[0])


def flood_lamp_town(database_url: str, town: LampTown) -> None:
    """Let a gateway with three devices fall silent, and group what is told of it."""
    began_at = town.last_at - timedelta(hours=1)
    with connect(database_url, program="test") as connection:
        register(
            connection,
            (),
            [AssetEntry(SLUG, "gw", "Passerelle", "gateway", 5.1, 47.52)],
            [
                DeviceEntry(SLUG, "gw", placements={"*": "gw"}),
                DeviceEntry(SLUG, "dev-1", gateway="gw", interval_s=600, placements={"*": "lamp-1"}),
                DeviceEntry(SLUG, "dev-2", gateway="gw", placements={"*": "lamp-2"}),
                DeviceEntry(SLUG, "dev-3", gateway="gw", placements={"*": "bin-1"}),
            ],
        )
        territory_id = number(connection, f"select territory_id from territories where slug = '{SLUG}'")
        open_finding(connection, a_silence(connection, territory_id, "gw", "Passerelle", "silent_gateway", began_at))
        for slug, name in (("lamp-1", "Lampe 1"), ("lamp-2", "Lampe 2"), ("bin-1", "Bac")):
            open_finding(connection, a_silence(connection, territory_id, slug, name, "silent", began_at))
        keep_incidents(connection, town.last_at)


def a_silence(
    connection: psycopg.Connection[Any], territory_id: int, slug: str, name: str, kind: str, at: datetime
) -> Finding:
    """Make an open finding about an asset that is silent."""
    return Finding(
        territory_id, kind, kind, "1", at, 3.0, "urgent", f"{name} is silent.", f"{name} ne dit plus rien.", {},
        asset_id=number(connection, f"select asset_id from assets where slug = '{slug}'"),
    )  # fmt: skip
