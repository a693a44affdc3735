"""Rounds of the program on a real store: KPIs, findings, restatement, being cut and done again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import pytest

from analytics.asset_day import tell_asset_day
from analytics.detectors import detectors
from analytics.ensemble import ensembles_of
from analytics.program import SettingError, Settings, run_once, settings_from
from analytics.watch import watch_batch
from sensors.asset_entry import AssetEntry
from sensors.quantity import QUANTITIES
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, find_asset, register
from tests.support.shared import REPOSITORY

Connection = psycopg.Connection[tuple[Any, ...]]
AT_ONCE = Settings("", grace_s=0, settle_s=0)
MIDNIGHT = datetime(2025, 6, 1, 22, tzinfo=UTC)  # 2 June in Paris
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ASSETS = {
    "bay": ("parking_bay", "occupancy"),
    "bin": ("waste_container", "fill_level"),
    "cabinet": ("light_cabinet", "active_energy"),
    "school": ("building", "active_power"),
    "room": ("building_zone", "temperature"),
}

INTERVALS_S = {"bay": 3600, "bin": 3600}  # what they send; the others' figures do not rest on held values


@pytest.fixture
def connection(database_url: str) -> Any:
    with connect(database_url, program="test", autocommit=True) as opened:
        register(
            opened,
            [TerritoryEntry("a", "A")],
            [AssetEntry("a", slug, slug.title(), kind) for slug, (kind, _) in ASSETS.items()],
            [
                DeviceEntry("a", f"dev-{slug}", interval_s=INTERVALS_S.get(slug, 600), placements={"*": slug})
                for slug in ASSETS
            ],
        )
        for slug, (_, quantity) in ASSETS.items():
            opened.execute(
                "insert into series (territory_id, device_id, quantity, unit)"
                " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
                " where d.external_id = %s and q.quantity = %s",
                (f"dev-{slug}", quantity),
            )
        yield opened


def store_values(connection: Connection, slug: str, rows: Iterable[tuple[datetime, float]]) -> None:
    """Write as ingest does: values, noted hours and last values."""
    quantity = ASSETS[slug][1]
    with connection.transaction():
        for at, value in rows:
            connection.execute(
                "with s as (select series_id from series where quantity = %(quantity)s), stored as ("
                " insert into measurements select series_id, 1, %(at)s, %(value)s from s), noted as ("
                " insert into changed_hours (series_id, hour) select series_id, date_trunc('hour', %(at)s::timestamptz)"
                " from s, rollup_watermarks where %(at)s < closed_to)"
                " insert into last_values select series_id, %(at)s, %(value)s, 1 from s"
                " on conflict (series_id) do update set observed_at = excluded.observed_at, value = excluded.value"
                " where last_values.observed_at < excluded.observed_at",
                {"quantity": quantity, "at": at, "value": value},
            )


def kpis(connection: Connection, kpi: str, length: timedelta = DAY) -> list[tuple[Any, ...]]:
    """Current values of a KPI for single days: (asset or None, value, completeness)."""
    return connection.execute(
        "select a.slug, k.value, k.completeness from kpi_values k left join assets a using (asset_id)"
        " where k.kpi = %s and k.is_current and upper(k.period) - lower(k.period) = %s"
        " order by lower(k.period), a.slug nulls last",
        (kpi, length),
    ).fetchall()


def day_of(connection: Connection, slug: str) -> dict[str, tuple[float | None, float | None]]:
    """The figures of a single thing's day, told when asked: value and completeness by KPI."""
    asset_id = find_asset(connection, "a", slug)
    assert asset_id is not None
    day = MIDNIGHT.astimezone(ZoneInfo("Europe/Paris")).date()
    told = tell_asset_day(connection, (1, "Europe/Paris"), asset_id, day)
    return {one.figure.kpi: (one.figure.value, one.figure.completeness) for one in told}


@pytest.mark.services
def test_round_tells_the_kpis_of_an_ended_day(connection: Connection) -> None:
    """Known days give known figures: a bay, a bin, a cabinet and a school."""
    hours = [MIDNIGHT + index * HOUR for index in range(38)]
    store_values(connection, "bay", [(at, float(index % 4 == 3)) for index, at in enumerate(hours)])
    store_values(connection, "bin", [(at, min(120.0, 5.0 * index)) for index, at in enumerate(hours)])
    store_values(connection, "cabinet", [(at, 1000.0 + 2 * index) for index, at in enumerate(hours)])
    store_values(connection, "school", [(at, 500.0) for at in hours])
    report = run_once(connection, MIDNIGHT + 38 * HOUR, AT_ONCE)
    assert kpis(connection, "bay_occupancy") == [(None, 0.25, 1.0)]
    assert kpis(connection, "bay_turnover") == [(None, 6.0, 1.0)]
    assert kpis(connection, "fill_level_median") == [(None, 55.0, 1.0)]
    assert kpis(connection, "overflow_hours") == [(None, 4.0, 1.0)]
    assert day_of(connection, "bay") == {
        "bay_occupancy": (0.25, 1.0),
        "bay_turnover": (6.0, 1.0),
    }
    assert day_of(connection, "bin").items() >= {"fill_level_median": (55.0, 1.0), "overflow_hours": (4.0, 1.0)}.items()
    assert kpis(connection, "building_energy") == [("school", 12.0, 1.0), (None, 12.0, 1.0)]
    # The night from noon (10:00 UTC) on 2 June to noon on 3 June: 24 differences of 2 kWh.
    assert kpis(connection, "light_cabinet_energy")[-1] == (None, 48.0, 1.0)
    assert report.kpis.n_restated == 0


@pytest.mark.services
def test_second_round_changes_nothing(connection: Connection) -> None:
    store_values(connection, "school", [(MIDNIGHT + index * HOUR, 500.0) for index in range(30)])
    run_once(connection, MIDNIGHT + 30 * HOUR, AT_ONCE)
    before = connection.execute("select count(*), max(computed_at) from kpi_values").fetchone()
    again = run_once(connection, MIDNIGHT + 30 * HOUR, AT_ONCE)
    assert (again.rollup.n_closed, again.kpis.n_new, again.kpis.n_restated) == (0, 0, 0)
    assert connection.execute("select count(*), max(computed_at) from kpi_values").fetchone() == before


@pytest.mark.services
def test_late_data_restate_the_day_openly(connection: Connection) -> None:
    """A gateway that stored and forwards brings the missing hours: the old figure stays, the new one says why."""
    hours = [MIDNIGHT + index * HOUR for index in range(26)]
    store_values(connection, "school", [(at, 500.0) for at in hours if not 10 <= (at - MIDNIGHT) / HOUR < 15])
    run_once(connection, MIDNIGHT + 26 * HOUR, AT_ONCE)
    hold_h = QUANTITIES["active_power"].longest_hold_s / 3600  # the value of 9 o'clock stands so long
    assert kpis(connection, "building_energy")[0][2] == pytest.approx((24 - (6 - hold_h)) / 24)
    store_values(connection, "school", [(at, 1500.0) for at in hours[10:15]])
    report = run_once(connection, MIDNIGHT + 26 * HOUR, AT_ONCE)
    assert kpis(connection, "building_energy")[0] == ("school", 17.0, 1.0)
    assert report.kpis.n_restated == 2
    rows = connection.execute(
        "select value, is_current, cause from kpi_values where kpi = 'building_energy' and asset_id is null"
        " order by kpi_value_id"
    ).fetchall()
    assert rows == [(pytest.approx(12.0), False, None), (17.0, True, "late data")]


@pytest.mark.services
def test_moved_device_tells_about_each_asset_in_its_time(connection: Connection) -> None:
    connection.execute(
        "update placements set period = tstzrange(null, %s) where device_id ="
        " (select device_id from devices where external_id = 'dev-school')",
        (MIDNIGHT + 12 * HOUR,),
    )
    register(connection, assets=[AssetEntry("a", "hall", "Hall", "building")])
    connection.execute(
        "insert into placements (device_id, asset_id, period) select d.device_id, a.asset_id, tstzrange(%s, null)"
        " from devices d, assets a where d.external_id = 'dev-school' and a.slug = 'hall'",
        (MIDNIGHT + 12 * HOUR,),
    )
    rows = [(MIDNIGHT + index * HOUR, 1000.0 if index < 12 else 3000.0) for index in range(26)]
    store_values(connection, "school", rows)
    run_once(connection, MIDNIGHT + 26 * HOUR, AT_ONCE)
    assert kpis(connection, "building_energy") == [("hall", 36.0, 1.0), ("school", 12.0, 1.0), (None, 48.0, 1.0)]


def a_room(n_days: int) -> list[tuple[datetime, float]]:
    """A day's wave of temperature with noise, every half hour."""
    rng = np.random.default_rng(11)
    times = [MIDNIGHT + index * HOUR / 2 for index in range(48 * n_days)]
    return [(at, 20 + 3 * np.sin(index / 24 * np.pi) + rng.normal(0, 0.3)) for index, at in enumerate(times)]


@pytest.mark.services
def test_unusual_value_becomes_one_finding_with_both_sentences(connection: Connection) -> None:
    """A room that heats up for five hours is one open episode, which ends when the room is as usual."""
    rows = a_room(21)
    faulty = [(at, float(value) + (25 if 900 <= index < 910 else 0)) for index, (at, value) in enumerate(rows)]
    store_values(connection, "room", faulty[:905])
    run_once(connection, faulty[905][0], AT_ONCE)
    found = connection.execute(
        "select f.started_at, f.ended_at, f.sentence_en, f.sentence_fr, f.evidence, a.slug"
        " from findings f join assets a using (asset_id) where f.kind = 'unusual_value'"
    ).fetchall()
    assert len(found) == 1
    started_at, ended_at, english, french, evidence, slug = found[0]
    assert (started_at, ended_at, slug) == (faulty[900][0], None, "room")
    assert english.startswith("Room: temperature is 4")
    assert "°C" in english
    assert french.startswith("Room : température : 4")
    assert "d'habitude entre" in french
    assert not evidence["expected_low"] <= evidence["value"] <= evidence["expected_high"]
    store_values(connection, "room", faulty[905:])
    for _ in range(3):
        run_once(connection, faulty[-1][0] + HOUR, AT_ONCE)
    ended = connection.execute("select ended_at from findings where kind = 'unusual_value'").fetchall()
    assert len(ended) == 1
    assert faulty[904][0] < ended[0][0] <= faulty[913][0]


@pytest.mark.services
def test_scoring_cut_before_commit_is_done_again_without_duplicates(connection: Connection, database_url: str) -> None:
    rows = [(at, float(value) + (25 if 900 <= index < 910 else 0)) for index, (at, value) in enumerate(a_room(21))]
    store_values(connection, "room", rows)
    run_once(connection, MIDNIGHT + HOUR, AT_ONCE)  # closes the first hour, which makes the series known
    connection.execute("delete from detector_states")
    connection.execute("delete from findings")
    with connect(database_url, program="cut") as cut, cut.transaction(force_rollback=True):
        (unusual,) = (one for one in ensembles_of(detectors().values()) if one.finding_kind == "unusual_value")
        assert watch_batch(cut, unusual) is not None
        assert cut.execute("select count(*) from findings").fetchone() == (1,)
    assert connection.execute("select count(*) from findings").fetchone() == (0,)
    run_once(connection, rows[-1][0], AT_ONCE)
    run_once(connection, rows[-1][0], AT_ONCE)
    assert connection.execute("select count(*) from findings where kind = 'unusual_value'").fetchone() == (1,)


@pytest.mark.services
def test_silent_device_is_found_once_and_closed_when_it_speaks(connection: Connection) -> None:
    """Silent means longer than three of its intervals of ten minutes."""
    store_values(connection, "school", [(MIDNIGHT + index * HOUR / 6, 1.0) for index in range(60)])
    last_at = MIDNIGHT + 59 * HOUR / 6
    run_once(connection, last_at + HOUR / 3, AT_ONCE)
    assert connection.execute("select count(*) from findings").fetchone() == (0,)
    for minutes in (31, 45, 90):
        run_once(connection, last_at + timedelta(minutes=minutes), AT_ONCE)
    found = connection.execute("select started_at, ended_at, sentence_en, sentence_fr from findings").fetchall()
    assert [row[:2] for row in found] == [(last_at, None)]
    assert "School (dev-school) has been silent since 2025-06-02 at 09:50, for 31 min" in found[0][2]
    assert "ne dit plus rien depuis le 02/06/2025 à 09 h 50" in found[0][3]
    store_values(connection, "school", [(last_at + 2 * HOUR, 1.0)])
    run_once(connection, last_at + 2 * HOUR, AT_ONCE)
    assert connection.execute("select ended_at from findings").fetchall() == [(last_at + 2 * HOUR,)]


@pytest.mark.services
def test_device_whose_old_values_arrive_just_now_is_not_silent(connection: Connection) -> None:
    """A back-fill of last week: its newest value is days old, and yet the device speaks."""
    now = datetime.now(UTC)
    store_values(connection, "school", [(now - timedelta(days=3) + index * HOUR / 6, 1.0) for index in range(60)])
    connection.execute(
        "insert into batches (batch_id, worker, received_at, committed_at, n_messages, n_measurements, decoder_version)"
        " overriding system value values (1, 'test', %(now)s, %(now)s, 1, 60, 'native/1')",
        {"now": now},
    )
    for looked_at in (now - timedelta(minutes=5), now + timedelta(minutes=1)):  # a long round looks with an old clock
        run_once(connection, looked_at, AT_ONCE)
        assert connection.execute("select count(*) from findings").fetchone() == (0,)
    run_once(connection, now + timedelta(minutes=40), AT_ONCE)
    assert connection.execute("select kind from findings").fetchall() == [("silent",)]


@pytest.mark.services
def test_program_does_one_round_and_ends(connection: Connection, database_url: str) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    store_values(connection, "school", [(today - 2 * DAY + index * HOUR, 500.0) for index in range(46)])
    with running_program(database_url, "main(once=True)", VIGIE_ANALYSE_SETTLE_S="0") as program:
        program.communicate(timeout=120)
    assert program.returncode == 0
    assert kpis(connection, "building_energy")


@pytest.mark.services
def test_program_ends_on_sigterm_with_a_line(database_url: str) -> None:
    with running_program(database_url, "main()") as program:
        assert program.stdout is not None
        for line in program.stdout:
            if "job_done" in line:
                break
        program.send_signal(signal.SIGTERM)
        rest, _ = program.communicate(timeout=30)
    assert program.returncode == 0
    assert "stopped" in rest


@pytest.mark.services
def test_program_goes_on_when_its_session_was_cut(connection: Connection, database_url: str) -> None:
    with running_program(database_url, "main()", VIGIE_ANALYSE_ROUND_S="0.2") as program:
        assert program.stdout is not None
        seen = []
        for line in program.stdout:
            seen.append(next(name for name in ("job_done", "database_away", "") if name in line))
            if seen[-1] == "job_done" and "database_away" not in seen:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'vigie analyse' and datname = current_database()"
                )
            if seen[-1] == "job_done" and "database_away" in seen:
                break
        program.send_signal(signal.SIGTERM)
        program.communicate(timeout=30)
    assert program.returncode == 0


@contextmanager
def running_program(database_url: str, call: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run the program beside the test; it is killed where the test fails to end it."""
    with subprocess.Popen(
        [sys.executable, "-u", "-c", f"from analytics.program import main; {call}"],
        env={**os.environ, "VIGIE_DATABASE_URL": database_url, **more},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "set VIGIE_DATABASE_URL"),
        ({"VIGIE_DATABASE_URL": "x", "VIGIE_ANALYSE_ROUND_S": "soon"}, "must be a number of seconds, not 'soon'"),
        ({"VIGIE_DATABASE_URL": "x", "VIGIE_ANALYSE_GRACE_S": "-1"}, "from 0 on"),
        ({"VIGIE_DATABASE_URL": "x", "VIGIE_ANALYSE_GRACE_S": "nan"}, "from 0 on"),
    ],
)
def test_wrong_settings_are_refused_in_a_sentence(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        settings_from(environment)


def test_settings_take_what_is_given() -> None:
    given = settings_from({"VIGIE_DATABASE_URL": "x", "VIGIE_ANALYSE_ROUND_S": "2"})
    assert given == replace(Settings("x"), round_s=2.0)
