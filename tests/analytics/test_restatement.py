"""Each cause of a restatement says itself, who brought it about, and leaves the old value standing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from analytics import tell
from analytics.kpi import Domain, domains
from analytics.program import Settings, run_once
from analytics.tell import note_versions
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.reference import CollectionPlan, Project, Reference, RoundDone, enter_reference
from store.registry import DeviceEntry, TerritoryEntry, register
from store.restatement import LATE, REFERENCE, Occasion, Retired, mark_after_baselines, say

Connection = psycopg.Connection[tuple[Any, ...]]
AT_ONCE = Settings("", grace_s=0, settle_s=0)
FIRST = datetime(2025, 5, 31, 22, tzinfo=UTC)  # 1 June in Paris
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
END = datetime(2025, 7, 2, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Any:
    """A school that draws 500 W all June, told."""
    with connect(database_url, program="test", autocommit=True) as opened:
        register(
            opened,
            [TerritoryEntry("a", "A")],
            [AssetEntry("a", "school", "School", "building"), AssetEntry("a", "hall", "Hall", "building")],
            [DeviceEntry("a", f"dev-{slug}", interval_s=600, placements={"*": slug}) for slug in ("school", "hall")],
        )
        opened.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select territory_id, device_id, 'active_power', 'W' from devices order by device_id"
        )
        for series_id in (1, 2):
            store(opened, series_id, ((FIRST + n * HOUR, 500.0) for n in range(24 * 31) if not 30 <= n < 36))
        run_once(opened, END, AT_ONCE)
        assert restated(opened) == []
        yield opened


def store(connection: Connection, series_id: int, rows: Iterable[tuple[datetime, float]], worker: str = "w") -> None:
    """Write as ingest does: a batch, values, noted hours and last values."""
    with connection.transaction():
        row = connection.execute(
            "insert into batches (worker, source, received_at, n_messages, n_measurements, decoder_version)"
            " values (%s, %s, now(), 1, 1, 'native/1') returning batch_id",
            (worker, "load" if worker.startswith("load") else "own"),
        ).fetchone()
        assert row is not None
        for at, value in rows:
            connection.execute(
                "with stored as (insert into measurements values (%(id)s, %(batch)s, %(at)s, %(value)s)), noted as ("
                " insert into changed_hours (series_id, hour) select %(id)s, date_trunc('hour', %(at)s::timestamptz)"
                " from rollup_watermarks where %(at)s < closed_to)"
                " insert into last_values values (%(id)s, %(at)s, %(value)s, %(batch)s)"
                " on conflict (series_id) do update set observed_at = excluded.observed_at, value = excluded.value"
                " where last_values.observed_at < excluded.observed_at",
                {"id": series_id, "batch": row[0], "at": at, "value": value},
            )


def restated(connection: Connection, kpi: str = "building_energy") -> list[tuple[Any, ...]]:
    """Restatements of the months: (asset, cause, by whom, old value kept and no longer current)."""
    return connection.execute(
        "select a.slug, k.cause, k.restated_by, old.value is not null and not old.is_current"
        " from kpi_values k join kpi_values old on old.kpi_value_id = k.replaces_id left join assets a"
        " on a.asset_id = k.asset_id where k.kpi = %s and k.is_current"
        " and upper(k.period) - lower(k.period) > interval '2 days' order by a.slug nulls first",
        (kpi,),
    ).fetchall()


@pytest.mark.services
def test_late_data_name_themselves(connection: Connection) -> None:
    """Who brought them is not known: the gateway is nobody's account."""
    store(connection, 1, [(FIRST + n * HOUR, 900.0) for n in range(30, 36)])
    run_once(connection, END, AT_ONCE)
    assert restated(connection) == [(None, "late data", None, True), ("school", "late data", None, True)]


@pytest.mark.services
def test_late_data_of_a_file_name_the_load(connection: Connection) -> None:
    connection.execute(
        "insert into loads (digest, file, settings, finished_at, n_stored)"
        " values ('d', 'f', '{}', clock_timestamp(), 6)"
    )
    store(connection, 1, [(FIRST + n * HOUR, 900.0) for n in range(30, 36)], "load 1")
    run_once(connection, END, AT_ONCE)
    assert restated(connection) == [(None, "late data", "load 1", True), ("school", "late data", "load 1", True)]


@pytest.mark.services
def test_corrected_data_name_who_corrected(connection: Connection) -> None:
    """The school's value was corrected; the hall's figure stays as it is."""
    at = FIRST + 50 * HOUR
    connection.execute("update measurements set value = 700 where series_id = 1 and observed_at = %s", (at,))
    connection.execute(
        "insert into revisions (series_id, observed_at, old_value, new_value, revised_by, reason)"
        " values (1, %s, 500, 700, 'technician Anne', 'meter read wrongly')",
        (at,),
    )
    connection.execute("insert into changed_hours (series_id, hour) values (1, %s)", (at,))
    run_once(connection, END, AT_ONCE)
    by = "technician Anne"
    assert restated(connection) == [(None, "corrected data", by, True), ("school", "corrected data", by, True)]


@pytest.mark.services
def test_reference_data_name_who_entered_them(connection: Connection) -> None:
    """A round that is declared afterwards changes the rounds avoided."""
    plan = CollectionPlan("nord", "glass", (1, 4), 1, date(2025, 6, 3), "05:30")
    works = Project("p", "P", "waste", ("hall",), date(2025, 6, 1), date(2024, 1, 1), date(2025, 1, 1), 1.0)
    register(connection, assets=[AssetEntry("a", "bin", "Bin", "waste_container")])
    enter_reference(connection, Reference("a", collection_plans=(plan,), projects=(works,)))
    done = [
        RoundDone("nord", "glass", FIRST + n * 7 * DAY + 55 * HOUR, FIRST + n * 7 * DAY + 59 * HOUR) for n in range(4)
    ]
    enter_reference(
        connection, Reference("a", collection_plans=(plan,), projects=(works,), rounds_done=tuple(done[:1]))
    )
    run_once(connection, END, AT_ONCE)
    assert restated(connection, "rounds_avoided") == []
    with connection.transaction():
        connection.execute("select set_config('vigie.actor', 'key town hall', true)")
        enter_reference(
            connection, Reference("a", collection_plans=(plan,), projects=(works,), rounds_done=tuple(done))
        )
    run_once(connection, END, AT_ONCE)
    (first,) = restated(connection, "rounds_avoided")
    assert first[:3] == (None, "reference data", "key town hall")


@pytest.mark.services
def test_a_new_method_version_tells_its_days_anew(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noted once: the second start marks nothing."""
    assert note_versions(connection) == 0
    registry = tuple(newer(domain) if domain.name == "buildings" else domain for domain in domains())
    monkeypatch.setattr(tell, "domains", lambda: registry)
    assert note_versions(connection) >= 30
    assert note_versions(connection) == 0
    for _ in range(3):
        run_once(connection, END, AT_ONCE)
    by = "analyse"
    expected = [(slug, "method version", by, True) for slug in (None, "hall", "school")]
    assert restated(connection) == expected
    versions = connection.execute(
        "select distinct method_version from kpi_values where kpi = 'building_energy' and is_current"
    ).fetchall()
    assert versions == [("99",)]


def newer(domain: Domain) -> Domain:
    """Give a domain its next version."""
    return replace(domain, method_version="99")


@pytest.mark.services
def test_a_change_in_a_baseline_tells_the_months_after_it_anew(connection: Connection) -> None:
    works = Project("p", "P", "lighting", ("hall",), date(2025, 6, 20), date(2025, 6, 1), date(2025, 6, 15), 1.0)
    enter_reference(connection, Reference("a", projects=(works,)))
    run_once(connection, END, AT_ONCE)
    store(connection, 1, [(FIRST + n * HOUR, 900.0) for n in range(30, 36)])
    run_once(connection, END, AT_ONCE)
    ended = connection.execute("select count(*) from changed_days where day < %s", (END - timedelta(days=3),))
    assert ended.fetchone() == (0,)  # no day asks for itself again
    (changed,) = connection.execute("select territory_id, %s::timestamptz from territories", (FIRST,)).fetchall()
    mark_after_baselines(connection, [(changed[0], FIRST + 24 * HOUR, "late data", None)])
    waiting = connection.execute("select day::date, cause from changed_days order by day").fetchall()
    assert (date(2025, 6, 19), "late data") in waiting  # the twentieth of June begins on the nineteenth in UTC


@pytest.mark.parametrize(
    ("retired", "occasions", "told"),
    [
        (Retired(1, None, None), [], Occasion("late data")),
        (Retired(1, "Anne", "load 3"), [Occasion(LATE)], Occasion("corrected data", "Anne")),
        (Retired(1, None, "load 3"), [Occasion(LATE)], Occasion("late data", "load 3")),
        (Retired(1, "Anne", None), [Occasion(REFERENCE, "key b")], Occasion("reference data", "key b")),
        (
            Retired(1, "Anne", None),
            [Occasion(LATE), Occasion(REFERENCE, "b"), Occasion(REFERENCE, "c")],
            Occasion("corrected data, reference data", "Anne, b, c"),
        ),
    ],
)
def test_causes_are_named_together(retired: Retired, occasions: list[Occasion], told: Occasion) -> None:
    assert say(retired, occasions) == told
