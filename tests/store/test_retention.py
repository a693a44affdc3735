"""Retention on Debian's edition: what goes, what is held back, and what late values do afterwards."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.local.services import Services
from store import retention
from store.connect import connect
from store.days import give_out_days, take_group_days
from store.errors import ReferenceDataError
from store.retention_class import RetentionClass, assign_class, list_classes, set_class
from tests.support.kept_town import (
    BEGIN,
    NOW,
    STEP,
    Connection,
    come_late,
    raw_from,
    refresh,
    rolled_up,
    seed,
)
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

DAY = timedelta(days=1)
AT_ONCE = timedelta(days=-36_500)  # chunks were made today, long after NOW
RAW_CUT = datetime(2021, 3, 18, tzinfo=UTC)  # the last chunk bound 62 days and more before NOW


@pytest.fixture(scope="module")
def kept_town(services: Services, database_template: str) -> Iterator[str]:
    """Give the name of a database with the town, to clone: rolling up five months takes a while."""
    with fresh_database(services, database_template) as url:
        with connect(url, program="test", autocommit=True) as opened:
            seed(opened)
        yield url.rpartition("/")[2]


@pytest.fixture
def connection(services: Services, kept_town: str) -> Iterator[Connection]:
    with (
        fresh_database(services, kept_town) as url,
        connect(url, program="test", autocommit=True) as opened,
    ):
        yield opened


def put_all_in_one_class(connection: Connection) -> None:
    """Have both series end at the same age."""
    assign_class(connection, "short", quantity=None, territory=None)


def keep_rollups(connection: Connection) -> None:
    """Have raw values end alone."""
    connection.execute("update retention_classes set hour_days = null, day_days = null")


def test_raw_values_end_by_whole_chunks_and_rollups_stay(connection: Connection) -> None:
    put_all_in_one_class(connection)
    before = rolled_up(connection)
    endings = retention.run(connection, NOW, settle=AT_ONCE)
    assert raw_from(connection, 1) == RAW_CUT
    assert {key: row for key, row in rolled_up(connection).items() if key[1] >= datetime(2021, 3, 1, tzinfo=UTC)} == {
        key: row for key, row in before.items() if key[1] >= datetime(2021, 3, 1, tzinfo=UTC)
    }
    n_ended = sum(ending.n_rows for ending in endings if ending.level == "raw")
    assert n_ended == 2 * ((RAW_CUT - datetime(2021, 1, 1, tzinfo=UTC)) // STEP)


def test_dry_run_says_what_the_run_does_and_changes_nothing(connection: Connection) -> None:
    dry = retention.run(connection, NOW, is_dry=True, settle=AT_ONCE)
    assert raw_from(connection, 1) == datetime(2021, 1, 1, tzinfo=UTC)
    wet = retention.run(connection, NOW, settle=AT_ONCE)
    raw = [ending for ending in wet if ending.level == "raw"]
    assert raw
    assert [ending for ending in dry if ending.level == "raw"] == raw
    noted = connection.execute(
        "select level, retention_class, lower(period), upper(period), n_rows from drops"
        " where level = 'raw' order by drop_id"
    ).fetchall()
    assert noted == [(one.level, one.retention_class, one.begins_at, one.ends_at, one.n_rows) for one in raw]


def test_run_again_ends_nothing_more(connection: Connection) -> None:
    retention.run(connection, NOW, settle=AT_ONCE)
    retention.run(connection, NOW, settle=AT_ONCE)
    assert retention.run(connection, NOW, settle=AT_ONCE) == []


def test_chunk_that_somebody_reads_stays(connection: Connection, services: Services) -> None:
    put_all_in_one_class(connection)
    with psycopg.connect(f"{services.database_url.rpartition('/')[0]}/{connection.info.dbname}") as reader:
        reader.execute("select from measurements where observed_at < '2021-01-21'")
        endings = retention.run(connection, NOW, settle=AT_ONCE)
        assert [ending.held for ending in endings if ending.level == "raw"] == ["in use", None, None]
    assert raw_from(connection, 1) == BEGIN


def test_class_that_is_kept_longer_keeps_its_rows_in_the_chunk(connection: Connection) -> None:
    connection.execute(
        "insert into measurements select 1, 1, timestamptz '2021-03-11 00:00:01Z' + n * interval '1 minute', n"
        " from generate_series(0, 9999) n"
    )
    size = chunk_bytes(connection, "2021-02-18")
    retention.run(connection, NOW, settle=AT_ONCE)
    assert raw_from(connection, 1) == RAW_CUT
    assert raw_from(connection, 2) == datetime(2021, 1, 21, tzinfo=UTC)  # the last bound 110 days before NOW
    assert chunk_bytes(connection, "2021-02-18") < size / 10


def chunk_bytes(connection: Connection, begin: str) -> int:
    """Give the size of the table of one chunk [B]."""
    row = connection.execute(
        "select pg_table_size(format('%%I.%%I', chunk_schema, chunk_name)::regclass)"
        " from timescaledb_information.chunks where hypertable_name = 'measurements' and range_start = %s::timestamptz",
        (begin,),
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "wait",
    [
        "insert into changed_hours (series_id, hour) values (1, '2021-01-01 06:00Z')",
        "insert into changed_days (territory_id, day) values (1, '2021-01-02 23:00Z')",
        "update rollup_watermarks set computed_to = '2021-01-05'",
    ],
)
def test_nothing_goes_that_is_still_to_be_computed(connection: Connection, wait: str) -> None:
    put_all_in_one_class(connection)
    connection.execute(wait.encode())
    endings = retention.run(connection, NOW, settle=AT_ONCE)
    assert {ending.held for ending in endings} == {"still needed"}
    assert raw_from(connection, 1) == datetime(2021, 1, 1, tzinfo=UTC)


def test_day_that_waits_holds_its_months_and_not_those_before(connection: Connection) -> None:
    """The first of March touches February: with the week before, chunks that end by 25 January may go."""
    put_all_in_one_class(connection)
    connection.execute("insert into changed_days (territory_id, day) values (1, '2021-02-28 23:00Z')")
    retention.run(connection, NOW, settle=AT_ONCE)
    assert raw_from(connection, 1) == datetime(2021, 1, 21, tzinfo=UTC)


def test_chunk_loaded_lately_stays(connection: Connection) -> None:
    keep_rollups(connection)
    endings = retention.run(connection, NOW)
    assert {ending.held for ending in endings} == {"loaded lately"}
    assert raw_from(connection, 1) == datetime(2021, 1, 1, tzinfo=UTC)


def test_late_value_for_a_dropped_span_ends_and_rollups_keep_what_they_said(connection: Connection) -> None:
    put_all_in_one_class(connection)
    keep_rollups(connection)
    retention.run(connection, NOW, settle=AT_ONCE)
    before = rolled_up(connection), rolled_up(connection, "daily")
    come_late(connection, 1, datetime(2021, 2, 3, 6, 20, tzinfo=UTC), 99.0)
    come_late(connection, 1, datetime(2021, 3, 17, 23, 20, tzinfo=UTC), 99.0)
    refresh(connection)
    assert (rolled_up(connection), rolled_up(connection, "daily")) == before
    assert raw_from(connection, 1) == RAW_CUT
    assert connection.execute("select count(*) from changed_hours").fetchone() == (0,)


def test_back_fill_before_a_dropped_span_is_rolled_up_and_the_span_stays(connection: Connection) -> None:
    put_all_in_one_class(connection)
    keep_rollups(connection)
    retention.run(connection, NOW, settle=AT_ONCE)
    before = rolled_up(connection)
    come_late(connection, 1, datetime(2020, 12, 20, 10, 30, tzinfo=UTC), 7.0)
    refresh(connection)
    added = {key: row for key, row in rolled_up(connection).items() if key not in before}
    assert added[1, datetime(2020, 12, 20, 10, tzinfo=UTC)][:2] == (1, 7.0)
    assert {key: row for key, row in rolled_up(connection).items() if key in before} == before


def test_late_value_for_a_span_whose_raw_values_are_there_is_rolled_up(connection: Connection) -> None:
    put_all_in_one_class(connection)
    retention.run(connection, NOW, settle=AT_ONCE)
    come_late(connection, 1, RAW_CUT + timedelta(minutes=30), 5.0)
    refresh(connection)
    assert rolled_up(connection)[1, RAW_CUT][0] == 2


def test_kpis_of_months_that_lost_raw_values_are_final(connection: Connection) -> None:
    put_all_in_one_class(connection)
    retention.run(connection, NOW, settle=AT_ONCE)
    connection.execute(
        "insert into changed_days (territory_id, day)"
        " values (1, '2021-03-29 22:00Z'), (1, '2021-03-31 22:00Z'), (1, '2021-04-30 22:00Z')"
    )
    assert len(give_out_days(connection, NOW, ["water", "last"], 10)) == 3
    given = [day.begins_at for day in take_group_days(connection, 1, "water", "last", 10).days]
    assert given == [datetime(2021, 4, 30, 22, tzinfo=UTC)]  # the first of April touches March
    assert connection.execute("select count(*) from changed_days").fetchone() == (0,)


def test_hours_and_days_end_after_what_they_were_computed_from(connection: Connection) -> None:
    put_all_in_one_class(connection)
    endings = retention.run(connection, NOW, settle=AT_ONCE)
    levels = {ending.level: ending for ending in endings}
    assert min(bucket for _, bucket in rolled_up(connection)) == datetime(2021, 3, 1, tzinfo=UTC)
    assert min(bucket for _, bucket in rolled_up(connection, "daily")) == datetime(2021, 1, 31, 23, tzinfo=UTC) + DAY
    assert levels["hour"].ends_at == datetime(2021, 3, 1, tzinfo=UTC)
    assert levels["day"].ends_at == datetime(2021, 2, 1, tzinfo=UTC)


def test_days_without_an_end_stay_when_the_last_hour_of_what_fell_silent_has_ended(connection: Connection) -> None:
    put_all_in_one_class(connection)
    later = NOW + timedelta(days=400)
    connection.execute("update rollup_watermarks set computed_to = %(later)s", {"later": later})
    connection.execute("update retention_classes set day_days = null")
    before = rolled_up(connection, "daily")
    endings = retention.run(connection, later, settle=AT_ONCE)
    assert {ending.level for ending in endings} == {"raw", "hour"}
    assert (rolled_up(connection), rolled_up(connection, "daily")) == (type(before)(), before)


def test_hours_that_a_saving_is_compared_with_stay(connection: Connection) -> None:
    put_all_in_one_class(connection)
    connection.execute(
        "insert into projects (territory_id, slug, name, domain, started_on, baseline, cost_eur)"
        " values (1, 'p', 'P', 'energy', '2021-04-01', '[2021-01-10,2021-01-20)', 0)"
    )
    retention.run(connection, NOW, settle=AT_ONCE)
    kept = sorted(bucket for series_id, bucket in rolled_up(connection) if series_id == 1 and bucket.month == 1)
    assert (kept[0], kept[-1]) == (datetime(2021, 1, 8, tzinfo=UTC), datetime(2021, 1, 21, 19, tzinfo=UTC))  # held on


def test_daily_run_happens_once_a_day(connection: Connection) -> None:
    put_all_in_one_class(connection)
    assert retention.run_daily(connection, NOW) is not None
    assert retention.run_daily(connection, NOW + timedelta(hours=23)) is None
    assert retention.run_daily(connection, NOW + DAY) is not None


def test_daily_run_tells_of_what_goes_and_not_of_what_is_held(connection: Connection) -> None:
    """Chunks that were loaded lately are not counted day after day; they go when they have settled."""
    put_all_in_one_class(connection)
    assert retention.run_daily(connection, NOW) == []
    assert {ending.held for ending in retention.run(connection, NOW, is_dry=True)} == {"loaded lately"}
    later = datetime.now(UTC) + retention.SETTLE + DAY  # chunks are made by the clock of the server
    ended = retention.run_daily(connection, later)
    assert ended
    assert {ending.held for ending in ended} == {None}
    assert raw_from(connection, 1) > datetime(2021, 1, 1, tzinfo=UTC)


def test_series_are_assigned_by_quantity_and_subtree(connection: Connection) -> None:
    put_all_in_one_class(connection)
    assert assign_class(connection, "brief", quantity="temperature", territory="a") == 2
    assert assign_class(connection, "brief", quantity="temperature", territory="a") == 0
    assert assign_class(connection, "long", quantity="humidity", territory=None) == 0
    assert {one.name: n for one, n in list_classes(connection) if n} == {"brief": 2}


def test_class_that_cannot_be_is_refused(connection: Connection) -> None:
    put_all_in_one_class(connection)
    for ages in ((61, 90, 90), (100, 90, 120), (100, 120, 110), (None, 100, 100), (100, None, 100)):
        with pytest.raises(ReferenceDataError, match="at least 62 days"):
            set_class(connection, RetentionClass("odd", *ages))
    with pytest.raises(ReferenceDataError, match="no retention class odd"):
        assign_class(connection, "odd", quantity=None, territory=None)
    with pytest.raises(ReferenceDataError, match="no territory nowhere"):
        assign_class(connection, "brief", quantity=None, territory="nowhere")


def test_commands_say_what_would_go_and_end_it(
    connection: Connection, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", f"{services.database_url.rpartition('/')[0]}/{connection.info.dbname}")
    monkeypatch.setenv("VIGIE_MQTT_URL", services.mqtt_url)
    dry = run_command("retention", "--dry-run")
    assert re.search(r"raw +short +2020-12-24 to 2021-01-21 +\d+ rows  stays: loaded lately", dry)
    assert "would go" not in dry  # hours wait for their raw values
    assert "short: raw 62 days, hours 90 days, days 120 days; 1 series" in run_command("retention", "classes")
    assert run_command("retention", "set", "tiny", "--raw-days", "70") == "tiny is set\n"
    assert "tiny: raw 70 days, hours for ever" in run_command("retention", "classes")
    assert run_command("retention", "assign", "tiny", "--territory", "a") == "2 series are now in tiny\n"
    assert "stays: loaded lately" in run_command("retention")
    assert raw_from(connection, 1) == BEGIN


def run_command(*arguments: str) -> str:
    """Run a command of `vigie` that must succeed and give what it prints."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).stdout
