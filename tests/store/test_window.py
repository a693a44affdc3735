"""Pages of raw values: they say what is stored, and read little more than they say."""

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

import store.window
from store.connect import connect, open_async_pool
from store.errors import OutdatedSchemaError
from store.reader import Connection, Row, alone, limited
from store.window import read_last, read_window
from tests.support.town import BEGIN, N_STEPS, STEP, SmallRegion, seed_small_region

pytestmark = pytest.mark.services

SPAN = (BEGIN, BEGIN + timedelta(days=300))
N_LATE = 2000
# Of the transaction so far, without waiting for counters to be written.
ROWS_TOUCHED = (
    "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint"
    " from pg_stat_xact_all_tables where relname like '_hyper%%chunk'"
)


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def read(database_url: str, series_id: int, n: int) -> tuple[list[Row], int]:
    """Give a page of a series as a reader gets it, and how many rows the server touched for it."""

    async def page() -> tuple[list[Row], int]:
        async with (
            open_async_pool(database_url, program="test", n_connections=1) as pool,
            limited(pool, every_territory(database_url)) as connection,
        ):
            rows = await read_window(connection, [series_id], SPAN, "raw", n)
            return rows, await count_touched(connection)

    return asyncio.run(page())


def every_territory(database_url: str) -> list[int]:
    with connect(database_url, program="test") as connection:
        return [row[0] for row in connection.execute("select territory_id from territories")]


def find_territory(database_url: str, slug: str) -> int:
    with connect(database_url, program="test") as connection:
        row = connection.execute("select territory_id from territories where slug = %s", (slug,)).fetchone()
    assert row is not None
    return int(row[0])


async def count_touched(connection: Connection) -> int:
    row = await (await connection.execute(ROWS_TOUCHED)).fetchone()
    assert row is not None
    return int(row[0])


def store_late(database_url: str, series_id: int) -> list[Any]:
    """Store minutes that begin 200 days after the others, and give their instants."""
    first = BEGIN + timedelta(days=200)
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into measurements select %(id)s, 1, %(first)s::timestamptz + n * interval '1 minute', n"
            " from generate_series(0, %(last)s) n",
            {"id": series_id, "first": first, "last": N_LATE - 1},
        )
    return [first + step * timedelta(minutes=1) for step in range(N_LATE)]


@pytest.mark.parametrize("width", [timedelta(minutes=7), timedelta(days=1), timedelta(days=400)])
def test_a_page_holds_each_row_once_and_in_order_however_the_span_is_cut(
    database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch, width: timedelta
) -> None:
    """Rows lie close, then none for months, then closer: the first part may hold none, some or all of them."""
    late = store_late(database_url, region.east_series)
    monkeypatch.setattr(store.window, "FIRST_WIDTH", width)
    expected = [BEGIN + step * STEP for step in range(N_STEPS)] + late
    for n in (1, N_STEPS, N_STEPS + 5, len(expected) + 1):
        rows, _ = read(database_url, region.east_series, n)
        assert [row["observed_at"] for row in rows] == expected[:n]


def test_a_page_is_read_without_what_lies_behind_it(database_url: str, region: SmallRegion) -> None:
    """Both series have a few hundred rows at the begin of the span; behind them lie thousands that no page needs."""
    store_late(database_url, region.east_series)
    rows, n_touched = read(database_url, region.east_series, 100)
    assert len(rows) == 100
    assert 100 <= n_touched <= 2 * N_STEPS


def test_last_values_are_those_of_the_territories_stated(database_url: str, region: SmallRegion) -> None:
    """And what is asked next over the same connection finds neither the role nor the territories."""

    async def ask() -> tuple[list[int], list[int], list[int], tuple[Any, ...] | None]:
        both, everywhere = [region.east_series, region.west_series], every_territory(database_url)
        async with open_async_pool(database_url, program="test", n_connections=1) as pool:
            found = [
                [row["series_id"] for row in await read_last(pool, ids, both, None)]
                for ids in (everywhere, [find_territory(database_url, "west")], [])
            ]
            async with pool.connection() as connection:
                behind = await connection.execute(
                    "select current_user = session_user, current_setting('vigie.territories', true)"
                )
                return found[0], found[1], found[2], await behind.fetchone()

    every, west, none, behind = asyncio.run(ask())
    assert (every, west, none) == ([region.east_series, region.west_series], [region.west_series], [])
    assert behind is not None
    assert behind[:2] == (True, "")


def test_connection_begins_transactions_again_after_a_statement_alone(database_url: str) -> None:
    async def ask() -> list[bool]:
        async with open_async_pool(database_url, program="test", n_connections=1) as pool:
            async with alone(pool) as connection:
                is_alone = [connection.autocommit]
            with pytest.raises(OutdatedSchemaError):
                async with alone(pool) as connection:
                    await connection.execute("select nothing_of_this_name()")
            async with pool.connection() as connection:
                return [*is_alone, connection.autocommit]

    assert asyncio.run(ask()) == [True, False]


def test_connection_that_broke_alone_is_not_used_again(database_url: str) -> None:
    async def ask() -> bool:
        async with open_async_pool(database_url, program="test", n_connections=1) as pool:
            with pytest.raises(psycopg.OperationalError):
                async with alone(pool) as connection:
                    await connection.execute("select pg_terminate_backend(pg_backend_pid())")
            async with pool.connection() as connection:
                return connection.autocommit

    assert asyncio.run(ask()) is False
