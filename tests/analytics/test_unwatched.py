"""Quantities that detectors leave to hints of their own: a battery that is changed, a gear in the cold."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from analytics.watch import watch_series
from store.connect import connect
from store.migrate import read_migrations
from store.registry import AssetEntry, DeviceEntry, TerritoryEntry, register
from store.results import Finding, open_finding
from store.rollup import refresh
from tests.analytics.test_late_values import BEGIN, N, a_room
from tests.support.lamp_town import add_measurements

Connection = psycopg.Connection[tuple[Any, ...]]
QUANTITIES = ("temperature", "battery_level", "gear_temperature", "device_temperature")
pytestmark = pytest.mark.services


@pytest.fixture
def lamp(database_url: str) -> Iterator[tuple[Connection, dict[str, int]]]:
    """A lamp with its series by quantity."""
    with connect(database_url, program="test", autocommit=True) as opened:
        register(
            opened,
            [TerritoryEntry("a", "A")],
            [AssetEntry("a", "lamp", "Lamp", "street_light")],
            [DeviceEntry("a", "lamp", placements={"*": "lamp"})],
        )
        rows = opened.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
            " where q.quantity = any (%s) returning quantity, series_id",
            (list(QUANTITIES),),
        )
        yield opened, {str(quantity): int(series_id) for quantity, series_id in rows}


def test_a_changed_battery_and_a_cold_gear_are_not_told_as_unusual(lamp: tuple[Connection, dict[str, int]]) -> None:
    connection, ids = lamp
    values = a_room([(N - 40, N, 30.0)])
    for series_id in ids.values():
        add_measurements(connection, series_id, values)
    refresh(connection, values[-1][0] + timedelta(days=1), grace_s=0, settle_s=0)
    watch_series(connection, 5)
    rows = connection.execute("select distinct s.quantity from findings join series s using (series_id)")
    assert {quantity for (quantity,) in rows} == {"temperature", "device_temperature"}


def test_what_was_open_about_them_comes_to_an_end(lamp: tuple[Connection, dict[str, int]]) -> None:
    connection, ids = lamp
    territory_id = connection.execute("select territory_id from territories").fetchall()[0][0]
    for series_id in ids.values():
        for kind in ("unusual_value", "level_shift"):
            told = Finding(
                territory_id, kind, "m", "1", BEGIN, 2.0, "warning", "It is.", "C'est.", {}, None, None, series_id
            )
            open_finding(connection, told)
    connection.execute(next(migration.text for migration in read_migrations() if migration.number == 70))
    ended = connection.execute(
        "select kind, quantity from findings join series using (series_id) where ended_at is not null"
    )
    assert set(ended) == {
        ("unusual_value", "battery_level"),
        ("unusual_value", "gear_temperature"),
        ("level_shift", "device_temperature"),
    }
