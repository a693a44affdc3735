"""Measurements of a few series over a span, in order, as far as a page goes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from psycopg.rows import dict_row

from store.reader import Connection, Pool, Row, alone, fetch, join_ids
from store.sql import load_queries

QUERIES = load_queries(__file__)
QUERY_BY_BUCKET = {"hour": "read_hours", "day": "read_days"}
FIRST_WIDTH = timedelta(days=1)  # of the part of a span that is read first: a page of one-minute values, about
LEAST_WIDTH = timedelta(seconds=1)
GROWTH = 8.0  # by which parts become longer, at most


async def read_window(
    connection: Connection, series_ids: Sequence[int], span: tuple[datetime, datetime], bucket: str, n: int
) -> list[Row]:
    """Give at most n rows with span[0] <= instant < span[1], series after series in the order given, times ascending.

    `bucket` is raw (value), hour (from rollups, hours not yet closed from raw rows) or day (closed civil days).
    One series after the other, so that each query reads its chunks in time order and stops at the limit.
    """
    rows: list[Row] = []
    for series_id in series_ids:
        if bucket == "raw":
            rows += await read_raw(connection, series_id, span, n - len(rows))
        else:
            parameters = {"series_id": series_id, "from": span[0], "to": span[1], "n": n - len(rows)}
            rows += await fetch(connection, QUERIES[QUERY_BY_BUCKET[bucket]], parameters)
        if len(rows) >= n:
            break
    return rows


async def read_raw(connection: Connection, series_id: int, span: tuple[datetime, datetime], n: int) -> list[Row]:
    """Give at most n values of a series, times ascending, in parts of the span that grow until there are enough.

    Readers' views let no limit through to what lies behind: a query for a page would read all of its span.
    """
    rows: list[Row] = []
    begin, end = span
    width = FIRST_WIDTH
    async with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        while begin < end and len(rows) < n:
            until, n_before = min(end, begin + width), len(rows)
            parameters = {"series_id": series_id, "from": begin, "to": until, "n": n - n_before}
            rows += await (await cursor.execute(QUERIES["read_raw"], parameters)).fetchall()
            width = grown(width, len(rows) - n_before, n - len(rows))
            begin = until
    return rows


def grown(width: timedelta, n_found: int, n_wanted: int) -> timedelta:
    """Give how long the next part is, after one of `width` that held so many rows, for as many as are still wanted.

    >>> str(grown(timedelta(days=1), 1440, 2880)), str(grown(timedelta(days=1), 0, 2880))
    ('2 days, 0:00:00', '8 days, 0:00:00')
    """
    factor = min(GROWTH, n_wanted / n_found) if n_found else GROWTH
    return max(LEAST_WIDTH, width * factor)


async def find_visible(connection: Connection, series_ids: Sequence[int]) -> set[int]:
    """Say which of these series the reader may see."""
    rows = await fetch(connection, QUERIES["find_visible"], {"series_ids": list(series_ids)})
    return {row["series_id"] for row in rows}


async def read_last(
    pool: Pool, territory_ids: Sequence[int], series_ids: Sequence[int], asset_id: int | None
) -> list[Row]:
    """Give the newest value of each of the series, or of every series that tells about the asset now, by number.

    Within these subtrees only, as in `store.reader.limited`, but in one statement, not four: it is asked most often.

    Raises
    ------
    OutdatedSchemaError
        Nothing was migrated, or by another version.
    """
    parameters = {"territories": join_ids(territory_ids), "series_ids": list(series_ids), "asset_id": asset_id}
    async with alone(pool) as connection:
        return await fetch(connection, QUERIES["read_last"], parameters)
