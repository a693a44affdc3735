"""The Community edition: migrations, compression by policy, retention out of compressed chunks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from store import columnstore, retention
from store.connect import connect
from store.migrate import migrate, read_migrations
from tests.support.kept_town import NOW, Connection, come_late, raw_from, refresh, rolled_up, seed_quickly

pytestmark = pytest.mark.services

AT_ONCE = timedelta(days=-36_500)
RAW_CUT = datetime(2021, 3, 18, tzinfo=UTC)


def test_community_edition_is_found_and_old_chunks_are_compressed_by_policy(community_url: str) -> None:
    assert migrate(community_url) == [migration.name for migration in read_migrations()]
    assert migrate(community_url) == []
    with connect(community_url, program="test", autocommit=True) as connection:
        assert columnstore.has_columnstore(connection)
        seed_quickly(connection)
        before = values(connection)
        assert not compressed(connection)
        job = fetch(
            connection, "select job_id from timescaledb_information.jobs where proc_name = 'policy_compression'"
        )
        connection.execute(psycopg.sql.SQL("call run_job({})").format(psycopg.sql.Literal(job[0][0])))
        assert len(compressed(connection)) == len(chunks(connection)) > 4
        assert values(connection) == before


def test_retention_takes_rows_out_of_compressed_chunks(community_url: str) -> None:
    migrate(community_url)
    with connect(community_url, program="test", autocommit=True) as connection:
        seed_quickly(connection)
        connection.execute("update retention_classes set hour_days = null, day_days = null")
        for chunk in chunks(connection):
            columnstore.close_chunk(connection, chunk)
        dry = retention.run(connection, NOW, is_dry=True, settle=AT_ONCE)
        assert retention.run(connection, NOW, settle=AT_ONCE) == dry
        assert (raw_from(connection, 1), raw_from(connection, 2)) == (RAW_CUT, datetime(2021, 1, 21, tzinfo=UTC))
        assert compressed(connection) == chunks(connection)
        before = rolled_up(connection)
        come_late(connection, 1, datetime(2021, 3, 3, 6, 20, tzinfo=UTC), 99.0)
        refresh(connection)
        assert rolled_up(connection) == before
        assert raw_from(connection, 1) == RAW_CUT


def values(connection: Connection) -> list[tuple[Any, ...]]:
    """Give all raw values."""
    return fetch(connection, "select series_id, observed_at, value from measurements order by 1, 2")


def chunks(connection: Connection) -> list[str]:
    """Give the names of all chunks of raw values."""
    return [str(row[0]) for row in fetch(connection, "select show_chunks('measurements')::text order by 1")]


def compressed(connection: Connection) -> list[str]:
    """Give the names of the compressed ones."""
    query = (
        "select format('%I.%I', chunk_schema, chunk_name) from timescaledb_information.chunks"
        " where hypertable_name = 'measurements' and is_compressed order by 1"
    )
    return [str(row[0]) for row in fetch(connection, query)]


def fetch(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    """Ask the store."""
    return connection.execute(query.encode()).fetchall()
