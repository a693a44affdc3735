"""Sensors of an asset watched together on a real store: one finding about the asset, told once, closed when over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from analytics.jobs import find_kinds
from analytics.jobs.running import look
from analytics.jobs.settings import Settings
from analytics.joint.model import Floats
from analytics.watch_assets import watch_assets
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.analytics.joint.test_model import a_pump

Connection = psycopg.Connection[tuple[Any, ...]]
pytestmark = pytest.mark.services
BEGIN = datetime(2025, 3, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
N = 35 * 24
SENSORS = ("rotation_speed", "flow", "active_power", "bearing_temperature")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A pump with four sensors in one device, no hour measured yet."""
    with connect(database_url, program="test", autocommit=True) as opened:
        register(
            opened,
            [TerritoryEntry("a", "A")],
            [AssetEntry("a", "pump", "Pompe 1", "pump")],
            [DeviceEntry("a", "box", interval_s=600, placements={"*": "pump"})],
        )
        opened.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
            " where q.quantity = any (%s)",
            (list(SENSORS),),
        )
        yield opened


def store_hours(connection: Connection, rows: Floats, first: int = 0) -> datetime:
    """Write hours as the rollup job does, and last values; give the end of the last hour."""
    ids = dict(connection.execute("select quantity, series_id from series").fetchall())
    with connection.transaction(), connection.cursor() as cursor:
        for column, name in enumerate(SENSORS):
            hours = [(BEGIN + (first + n) * HOUR, value) for n, value in enumerate(rows[:, column].tolist())]
            cursor.executemany(
                "insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,"
                " time_weighted_mean, covered_s) values (%s, %s, 6, 1, %s, %s, %s, %s, %s, %s, %s, 3600)",
                [(ids[name], at, *[value] * 4, at, at, value) for at, value in hours if np.isfinite(value)],
            )
            cursor.execute(
                "insert into last_values (series_id, observed_at, value, batch_id) values (%s, %s, %s, 1)"
                " on conflict (series_id) do update set observed_at = excluded.observed_at",
                (ids[name], hours[-1][0], 1.0),
            )
    return BEGIN + (first + len(rows)) * HOUR


def findings(connection: Connection) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select a.slug, f.kind, f.series_id, f.device_id, f.started_at, f.ended_at, f.score, f.sentence_en,"
        " f.sentence_fr, f.evidence from findings f join assets a using (asset_id)"
    ).fetchall()


def test_broken_sensor_becomes_one_finding_that_names_it(connection: Connection) -> None:
    rows = a_pump(N)[:, :4]
    rows[-10:, 1] = 45.0
    until = store_hours(connection, rows)
    report = watch_assets(connection, until, 10)
    assert report.n_scored == N
    ((asset, kind, series_id, device_id, started_at, ended_at, score, english, french, evidence),) = findings(
        connection
    )
    assert (asset, kind, series_id, device_id, ended_at) == ("pump", "unusual_together", None, None, None)
    assert until - 10 * HOUR <= started_at <= until - 6 * HOUR
    assert score >= 1
    assert "Pompe 1: its sensors have not fitted together as usual since 2025-04-0" in english
    assert "flow is 45 m³/h, by the others" in english
    assert "débit : 45 m³/h, d'après les autres" in french
    assert evidence["sensors"][0]["sensor"] == "box flow"
    assert evidence["sensors"][0]["expected"] == pytest.approx(20, abs=6)


def test_finding_is_told_once_and_closed_when_it_is_over(connection: Connection) -> None:
    rows = a_pump(N + 48)[:, :4]
    rows[N - 10 : N, 1] = 45.0
    until = store_hours(connection, rows[:N])
    assert watch_assets(connection, until, 10).n_opened >= 1
    assert watch_assets(connection, until, 10).n_scored == 0
    until = store_hours(connection, rows[N:], N)
    assert watch_assets(connection, until, 10).n_closed == 1
    ((*_, ended_at, _, _, _, _),) = findings(connection)
    assert until - 48 * HOUR <= ended_at <= until - 36 * HOUR


def test_hour_by_hour_tells_what_one_pass_tells(connection: Connection) -> None:
    rows = a_pump(N + 60)[:, :4]
    rows[N + 20 : N + 40, 3] += 8
    store_hours(connection, rows)
    watch_assets(connection, BEGIN + N * HOUR, 10)
    for hour in range(N + 1, N + 61):
        watch_assets(connection, BEGIN + hour * HOUR, 10)
    step_by_step = findings(connection)
    with connection.transaction():
        connection.execute("delete from findings")
        connection.execute("delete from joint_states")
    watch_assets(connection, BEGIN + (N + 60) * HOUR, 10)
    assert findings(connection) == step_by_step
    assert len(step_by_step) == 1


def test_other_sensors_begin_anew_and_end_what_was_told(connection: Connection) -> None:
    rows = a_pump(N + 5)[:, :4]
    rows[N - 10 :, 1] = 45.0
    watch_assets(connection, store_hours(connection, rows[:N]), 10)
    with connection.transaction():
        connection.execute("update devices set external_id = 'box-2'")
    until = store_hours(connection, rows[N:], N)
    assert watch_assets(connection, until, 10).n_closed == 1
    ((*_, ended_at, _, _, _, _),) = findings(connection)
    assert ended_at == until - 5 * HOUR


def test_asset_with_one_sensor_is_left_alone(connection: Connection) -> None:
    connection.execute("delete from series where quantity <> 'flow'")
    ids = connection.execute("select series_id from series").fetchall()
    connection.execute(
        "insert into last_values (series_id, observed_at, value, batch_id) values (%s, %s, 1, 1)", (ids[0][0], BEGIN)
    )
    assert watch_assets(connection, BEGIN + HOUR, 10).n_scored == 0


def test_job_scores_its_block_of_assets(connection: Connection) -> None:
    until = store_hours(connection, a_pump(20)[:, :4])
    connection.execute("update rollup_watermarks set closed_to = %(to)s, computed_to = %(to)s", {"to": until})
    moment, kind = look(connection, until, Settings("", grace_s=0.0, settle_s=0.0)), find_kinds()["assets"]
    (wait,) = kind.find(connection, moment)
    assert kind.run(connection, moment, "9").report.n_scored == 0
    assert kind.run(connection, moment, wait.part).report.n_scored == 20
