"""Measurements of a few series over a span, in order, as far as a page goes."""

from collections.abc import Sequence
from datetime import datetime

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
QUERY_BY_BUCKET = {"raw": "read_raw", "hour": "read_hours", "day": "read_days"}


async def read_window(
    connection: Connection, series_ids: Sequence[int], span: tuple[datetime, datetime], bucket: str, n: int
) -> list[Row]:
    """Give at most n rows with span[0] <= instant < span[1], series after series in the order given, times ascending.

    `bucket` is raw (value), hour (from rollups, hours not yet closed from raw rows) or day (closed civil days).
    One series after the other, so that each query reads its chunks in time order and stops at the limit.
    """
    rows: list[Row] = []
    for series_id in series_ids:
        rows += await fetch(
            connection,
            QUERIES[QUERY_BY_BUCKET[bucket]],
            {"series_id": series_id, "from": span[0], "to": span[1], "n": n - len(rows)},
        )
        if len(rows) >= n:
            break
    return rows


async def find_visible(connection: Connection, series_ids: Sequence[int]) -> set[int]:
    """Say which of these series the reader may see."""
    rows = await fetch(connection, QUERIES["find_visible"], {"series_ids": list(series_ids)})
    return {row["series_id"] for row in rows}


async def read_last(connection: Connection, series_ids: Sequence[int], asset_id: int | None) -> list[Row]:
    """Give the newest value of each of the series, or of every series that tells about the asset now."""
    return await fetch(connection, QUERIES["read_last"], {"series_ids": list(series_ids), "asset_id": asset_id})
