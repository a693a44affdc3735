"""The platform's own trouble: out of batches, rejections and figures as the store holds them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.alert.raising import raise_alerts
from analytics.incidents.job import keep_incidents
from analytics.limits import LimitReport
from analytics.platform_watch import restated, watch_platform
from store.connect import connect
from store.inputs import Connection
from store.platform import Restated
from tests.analytics.alert.alerted_town import a_channel, a_rule, seed_alerted_town

pytestmark = pytest.mark.services
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
MONTH = "tstzrange('2026-04-01 00:00 Europe/Paris', '2026-05-01 00:00 Europe/Paris')"


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
        yield connection


def commit_batches(town: Connection, n: int, last: datetime, under_way_s: float = 1.0, every_s: float = 60.0) -> None:
    """Note batches, the last of which took so long."""
    town.execute(
        "insert into batches (worker, received_at, committed_at, n_messages, n_measurements, decoder_version)"
        " select 'w', at - make_interval(secs => case when n = 0 then %(way)s else 1 end), at, 1, 1, '1'"
        " from (select n, %(last)s::timestamptz - make_interval(secs => n * %(every)s) as at"
        "       from generate_series(0, %(n)s - 1) as n order by n desc) as made",
        {"n": n, "last": last, "way": under_way_s, "every": every_s},
    )


def refuse(town: Connection, territory: str, n: int, at: datetime) -> None:
    town.execute(
        "insert into rejections (territory_id, source, topic, received_at, reason, detail, n_measurements, payload)"
        " select t.territory_id, 'own', 'x', %s, 'unreadable', '', 1, '' from territories t, generate_series(1, %s)"
        " where t.slug = %s",
        (at, n, territory),
    )


def restate(town: Connection, kpi: str, told_at: datetime, told_again_at: datetime, value: float) -> None:
    """Tell a month's figure of 100, and then another."""
    parameters: dict[str, Any] = {"kpi": kpi, "told": told_at, "again": told_again_at, "value": value}
    town.execute(
        "with told as (insert into kpi_values (territory_id, kpi, period, value, unit, method, method_version,"
        f" inputs_hash, computed_at, is_current) select territory_id, %(kpi)s, {MONTH}, 100, 'kW.h', 'm', '1', 'a',"
        " %(told)s, false from territories where slug = 'town' returning *) insert into kpi_values (territory_id, kpi,"
        " period, value, unit, method, method_version, inputs_hash, computed_at, replaces_id, cause) select"
        " territory_id, kpi, period, %(value)s, unit, 'm', '1', 'b', %(again)s, kpi_value_id, 'late data'"
        " from told".encode(),
        parameters,
    )


def sign(town: Connection, period: str, at: datetime) -> None:
    town.execute(
        "insert into reports (territory_id, period, language, signed_at, manifest, signature, kept_until)"
        " select territory_id, %s, 'fr', %s, '', '', '2036-01-01' from territories where slug = 'town'",
        (period, at),
    )


def open_ones(town: Connection) -> list[tuple[str, str]]:
    rows = town.execute(
        "select t.slug, f.kind from findings f join territories t using (territory_id) where f.ended_at is null"
        " order by 1, 2"
    )
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize(
    ("n", "pause_s", "under_way_s", "is_told"),
    [
        (300, 30, 1, False),
        (300, 590, 1, False),  # ten minutes at least
        (300, 700, 1, True),
        (50, 7000, 1, False),  # a village: a pause says nothing
        (50, 30, 90, True),
        (50, 700, 90, False),  # long ago
    ],
)
def test_ingest_that_lags_or_stands_still_is_told_to_those_at_the_top(
    town: Connection, n: int, pause_s: float, under_way_s: float, is_told: bool
) -> None:
    commit_batches(town, n, NOW - timedelta(seconds=pause_s), under_way_s)
    watch_platform(town, NOW)
    assert open_ones(town) == ([("beside", "ingest_lag"), ("region", "ingest_lag")] if is_told else [])
    commit_batches(town, 1, NOW + timedelta(minutes=20))
    watch_platform(town, NOW + timedelta(minutes=20, seconds=1))
    assert open_ones(town) == []


def test_a_quarantine_that_grows_as_never_before(town: Connection) -> None:
    refuse(town, "town", 30, NOW - timedelta(minutes=5))
    refuse(town, "beside", 30, NOW - timedelta(minutes=5))
    refuse(town, "beside", 167 * 11, NOW - timedelta(days=3))  # eleven an hour are usual there: 30 are not thrice that
    refuse(town, "region", 19, NOW - timedelta(minutes=5))
    assert watch_platform(town, NOW) == LimitReport(1, 0)
    assert open_ones(town) == [("town", "quarantine_growing")]
    assert watch_platform(town, NOW + timedelta(hours=2)) == LimitReport(0, 1)


@pytest.mark.parametrize(
    ("period", "signed_day", "value", "severity"),
    [
        ("2026-04", 12, 120.0, "warning"),
        ("2026-Q2", 12, 120.0, "warning"),
        ("2026", 12, 120.0, "warning"),
        ("2026-04", 12, 100.0, None),  # the same figure
        ("2026-04", 9, 120.0, None),  # signed before it was told
        ("2026-03", 12, 120.0, None),
        ("2026-Q1", 12, 120.0, None),
    ],
)
def test_a_figure_of_a_signed_report_told_anew(
    town: Connection, period: str, signed_day: int, value: float, severity: str | None
) -> None:
    restate(town, "energy", datetime(2026, 5, 10, tzinfo=UTC), NOW - timedelta(hours=1), value)
    sign(town, period, datetime(2026, 5, signed_day, tzinfo=UTC))
    watch_platform(town, NOW)
    found = town.execute("select severity, sentence_fr from findings where ended_at is null").fetchall()
    assert [row[0] for row in found] == ([] if severity is None else [severity])
    assert all("100\u00a0kWh devient 120\u00a0kWh (données tardives)" in row[1] for row in found)
    watch_platform(town, NOW + timedelta(days=1))
    assert open_ones(town) == []


def test_a_figure_goes_by_its_name_and_a_share_in_percent() -> None:
    row = Restated(1, "Europe/Paris", 1, 0, NOW, "bay_occupancy", NOW, 0.45, None, "1", "late data")
    told = restated(row)
    assert told.sentence_en.startswith("Occupancy of parking bays (KPI), from 2026-05-20 on, was told anew: 45\u00a0%")
    assert told.sentence_fr.startswith("Indicateur « Occupation des places » à partir du 20/05/2026 retraité : 45")
    assert "bay_occupancy" not in told.sentence_en + told.sentence_fr


def test_a_public_figure_is_less_of_a_matter_and_others_are_none(town: Connection) -> None:
    for kpi in ("energy", "savings"):
        restate(town, kpi, NOW - timedelta(days=9), NOW - timedelta(hours=1), 90.0)
    town.execute("insert into kpi_publications select territory_id, 'energy' from territories where slug = 'town'")
    watch_platform(town, NOW)
    found = town.execute("select severity, evidence ->> 'n' from findings where ended_at is null").fetchall()
    assert found == [("info", "1")]


def test_trouble_of_the_platform_goes_the_way_of_all_incidents(town: Connection) -> None:
    a_rule(town, kinds=["quarantine_growing"], channel_id=a_channel(town, "Exploitant"))
    refuse(town, "town", 30, NOW - timedelta(minutes=5))
    watch_platform(town, NOW)
    keep_incidents(town, NOW)
    assert raise_alerts(town, datetime.now(UTC)).n_messages == 1
