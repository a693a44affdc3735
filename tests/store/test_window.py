"""Pages of raw values: they say what is stored, and read little more than they say."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import store.window
from store.connect import connect, open_async_pool
from store.reader import Connection, Row, limited
from store.window import read_window
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
