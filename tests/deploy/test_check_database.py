"""`vigie check` on real servers, well and badly configured."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from deploy.check.database import check_database, judge, judge_space, judge_usage
from deploy.check.finding import Finding, Level
from store.connect import connect
from store.health import ServerHealth, read_growth, read_health
from tests.support.scratch_server import scratch_server

GOOD = ServerHealth(
    database="vigie",
    version=170_000,
    settings={
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "autovacuum": "on",
        "max_connections": "100",
        "superuser_reserved_connections": "3",
        "timescaledb.license": "timescale",
        "default_transaction_read_only": "off",
    },
    is_standby=False,
    n_sessions=1,
    role_limit=-1,
    n_role_sessions=1,
    timescaledb="2.19.3",
    oldest_transactions=10_000_000,
    unlogged_tables=(),
    missing_migrations=(),
    foreign_migrations=(),
    skew_s=0.001,
    skew_error_s=0.001,
)


def levels(findings: list[Finding]) -> dict[str, Level]:
    return {finding.check: finding.level for finding in findings}


@pytest.mark.services
def test_embedded_database_loses_nothing_and_lacks_compression(database_url: str) -> None:
    found = check_database(database_url)
    assert [one.check for one in found if one.level is Level.LOSS] == []
    assert levels(found)["timescaledb"] is Level.WARNING  # Debian's edition is the Apache one
    assert levels(found)["migrations"] is Level.OK
    assert levels(found)["clock"] is Level.OK
    assert levels(found)["backup"] is Level.WARNING  # none was made


@pytest.mark.services
def test_badly_configured_server_would_lose_data() -> None:
    configuration = "synchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 12"
    with scratch_server(configuration) as server:
        found = check_database(server.database_url)
    assert levels(found) == {
        "fsync": Level.LOSS,  # the scratch server has it off
        "full_page_writes": Level.LOSS,
        "autovacuum": Level.WARNING,
        "data_checksums": Level.WARNING,
        "synchronous_commit": Level.LOSS,
        "writable": Level.OK,
        "unlogged": Level.OK,
        "connections": Level.WARNING,
        "timescaledb": Level.LOSS,
        "migrations": Level.LOSS,
        "clock": Level.OK,
        "wraparound": Level.OK,
        "disk": levels(found)["disk"],
        "backup": Level.UNSEEN,
    }
    assert all(one.meaning and one.mend for one in found if one.level in (Level.WARNING, Level.LOSS))
    assert "GB free" in next(one.found for one in found if one.check == "disk")  # a superuser on this machine


@pytest.mark.services
def test_setting_of_the_database_counts_not_that_of_the_server(database_url: str) -> None:
    """A switch turned off for one database alone is as dangerous as in the file."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))
        connection.execute("alter table message_keys set unlogged")
        connection.execute("delete from migrations where number = 1")
    found = levels(check_database(database_url))
    assert found["synchronous_commit"] is Level.LOSS
    assert found["unlogged"] is Level.LOSS
    assert found["migrations"] is Level.LOSS


@pytest.mark.services
def test_schema_of_another_version_is_found(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("insert into migrations (number, name, digest) values (9999, '9999_later', 'x')")
        assert read_health(connection).foreign_migrations == (9999,)


def test_absent_database_is_a_finding() -> None:
    (found,) = check_database("postgresql://vigie:secret@127.0.0.1:1/vigie")
    assert (found.check, found.level) == ("reachable", Level.LOSS)
    assert "secret" not in found.line()


@pytest.mark.parametrize(
    ("change", "check", "expected"),
    [
        ({}, "", Level.OK),
        ({"skew_s": -3.0}, "clock", Level.WARNING),
        ({"skew_s": 400.0}, "clock", Level.LOSS),
        ({"skew_s": 400.0, "skew_error_s": 399.0}, "", Level.OK),
        ({"is_standby": True}, "writable", Level.LOSS),
        ({"role_limit": 10}, "connections", Level.WARNING),
        ({"n_sessions": 90}, "connections", Level.WARNING),
        ({"oldest_transactions": 1_500_000_000}, "wraparound", Level.WARNING),
        ({"timescaledb": None}, "timescaledb", Level.LOSS),
        ({"foreign_migrations": (3,)}, "migrations", Level.LOSS),
    ],
)
def test_each_danger_is_judged(change: dict[str, object], check: str, expected: Level) -> None:
    bad = [one for one in judge(replace(GOOD, **change)) if one.level is not Level.OK]  # type: ignore[arg-type]
    assert [(one.check, one.level) for one in bad] == ([(check, expected)] if check else [])


@pytest.mark.parametrize(
    ("days", "level"), [(None, Level.OK), (-20, Level.OK), (90, Level.OK), (30, Level.WARNING), (5, Level.LOSS)]
)
def test_disk_is_judged_by_the_days_that_are_left(days: float | None, level: Level) -> None:
    """Of a disk with much room, so that growth alone decides; a store that shrinks fills none."""
    found = judge_usage(800_000_000_000, 1_000_000_000_000, 800e9 / days if days else None)
    assert found.level is level
    assert ("full in about" in found.found) == (days is not None and days > 0)
    assert days is None or days < 0 or f"in about {days} days" in found.found


@pytest.mark.services
def test_growth_is_the_line_through_the_sizes_of_the_last_month(database_url: str) -> None:
    """A gigabyte a day; what lies further back, and a store of a few days, tell nothing."""
    size = (
        "insert into stored_sizes select current_date - n, 1e9 * (100 - n) from generate_series(%s::int, %s::int) as n"
    )
    with connect(database_url, program="test") as connection:
        connection.execute("delete from stored_sizes")
        connection.execute(size, (0, 5))
        assert read_growth(connection) is None
        connection.execute(size, (6, 20))
        connection.execute("insert into stored_sizes values (current_date - 40, 1)")
        assert read_growth(connection) == pytest.approx(1e9)


def test_disk_that_cannot_be_seen_is_not_guessed(tmp_path: Path) -> None:
    assert judge_space(GOOD, None).level is Level.UNSEEN
    assert judge_space(GOOD, tmp_path / "absent").level is Level.UNSEEN
    assert "GB free" in judge_space(GOOD, tmp_path).found
