"""Slices of measurements: each row once, and hardly a slice read in vain, wherever in the span the rows lie."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import store.bulk
from store.bulk import Wanted, estimate_rows, read_slices
from store.connect import connect, open_async_pool
from store.reader import Connection, limited
from tests.support.town import BEGIN, N_STEPS, STEP, SmallRegion, seed_small_region

pytestmark = pytest.mark.services

LONG_BEFORE, LONG_AFTER = datetime(2001, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
COUNTED = """
insert into measurements_daily (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s)
select series_id, date_trunc('day', observed_at), count(*), 0, 0, 0, 0, 0, min(observed_at), max(observed_at), 0
from measurements group by 1, 2
"""


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    region = seed_small_region(database_url)
    with connect(database_url, program="test") as connection:
        connection.execute("set time zone 'UTC'")
        connection.execute(COUNTED)
    return region


def read(database_url: str, series_id: int, *, is_counted: bool) -> tuple[list[int], int]:
    """Give the numbers of steps that were read, and how often the server was asked."""
    n_asked = 0

    async def slices() -> list[int]:
        async with open_async_pool(database_url, program="test", n_connections=1) as pool:

            @asynccontextmanager
            async def opens() -> AsyncIterator[Connection]:
                nonlocal n_asked
                n_asked += 1
                async with limited(pool, territories) as connection:
                    yield connection

            wanted = Wanted((series_id,), (LONG_BEFORE, LONG_AFTER))
            if is_counted:
                async with limited(pool, territories) as connection:
                    estimate = await estimate_rows(connection, wanted.series_ids, wanted.span)
                wanted = Wanted(wanted.series_ids, wanted.span, estimate)
            return [
                step for one in [one async for one in read_slices(opens, wanted)] for step in steps_of(one.instants)
            ]

    with connect(database_url, program="test") as connection:
        territories = [row[0] for row in connection.execute("select territory_id from territories")]
    return sorted(asyncio.run(slices())), n_asked


def steps_of(instants: bytes) -> list[int]:
    """Read a column of timestamptz as the server sends it: microseconds since 2000, one behind the other."""
    at = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(us)) for us in np.frombuffer(instants, ">i8")]
    return [(one - BEGIN) // STEP for one in at]


@pytest.mark.parametrize("is_counted", [True, False])
def test_each_row_is_read_once_in_a_span_of_decades(
    database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch, is_counted: bool
) -> None:
    monkeypatch.setattr(store.bulk, "TARGET_ROWS", 50)
    monkeypatch.setattr(store.bulk, "MOST_ROWS", 200)
    assert read(database_url, region.east_series, is_counted=is_counted)[0] == list(range(N_STEPS))


def test_no_slice_is_read_in_vain_where_rows_are_counted(
    database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the rows, after them, and as many slices as they fill: cut as if they lay evenly, most would be empty."""
    monkeypatch.setattr(store.bulk, "TARGET_ROWS", 50)
    monkeypatch.setattr(store.bulk, "MOST_ROWS", 200)
    n_filled = -(-N_STEPS // 50)
    assert read(database_url, region.east_series, is_counted=True)[1] <= n_filled + 4
    assert read(database_url, region.east_series, is_counted=False)[1] > n_filled + 4
