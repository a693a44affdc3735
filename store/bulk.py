"""Measurements in bulk: a slice of time after the other, each as three columns, each in a transaction of its own.

So no connection is held while a client reads slowly, and memory does not grow with what is asked for.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from psycopg.types.json import Jsonb

from store.reader import Connection, Row, fetch
from store.resolution import Span
from store.sql import load_queries

QUERIES = load_queries(__file__)
MOST_SERIES = 20_000  # of one question; below MOST_ROWS, so that one instant of all of them fits a slice
TARGET_ROWS = 65_536  # that a slice should hold
MOST_ROWS = 4 * TARGET_ROWS  # that a slice may hold
GROWTH = 8.0  # by which slices become longer or shorter, at most
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows as columns of int4, timestamptz and float8 as the server sends them, value behind value, in no order."""

    series_ids: bytes
    instants: bytes
    values: bytes

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.series_ids) // 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many rows are to be expected, and from when to when those lie that are counted already."""

    n_rows: int = 0
    counted: Span | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: series by their ids, a span whose end is excluded, and what to expect there."""

    series_ids: tuple[int, ...]
    span: Span
    estimate: Estimate = Estimate()


class Opens(Protocol):
    """Gives a connection of a reader for a while (`store.reader.limited` for one key)."""

    def __call__(self) -> AbstractAsyncContextManager[Connection]: ...


async def choose_series(
    connection: Connection, filters: Mapping[str, object], series_ids: Sequence[int] | None, span: Span, n: int
) -> list[Row]:
    """Give at most n series that meet all filters, by id, with territory, device, channel, quantity and unit.

    Filters: territory, quantity, device_id, and of the assets of which they tell at some time of the span: asset_id,
    type, west, east, south, north, polygon (as PostgreSQL writes one), near_longitude, near_latitude, within_m, tags.
    """
    asked_of_assets = ("asset_id", "type", "west", "polygon", "within_m", "tags")
    parameters = {
        **filters,
        "tags": Jsonb(filters["tags"] or {}),
        "asks_of_assets": any(filters[name] for name in asked_of_assets if filters[name] is not None),
        "series_ids": None if series_ids is None else list(series_ids),
        "from": span[0],
        "to": span[1],
        "n": n,
    }
    return await fetch(connection, QUERIES["choose_series"], parameters)


async def estimate_rows(connection: Connection, series_ids: Sequence[int], span: Span) -> Estimate:
    """Say about how many measurements series hold in a span, and where, by the days that are counted already."""
    parameters = {"series_ids": list(series_ids), "from": span[0], "to": span[1]}
    (row,) = await fetch(connection, QUERIES["estimate_rows"], parameters)
    if row["first_at"] is None:
        return Estimate()
    first, last = max(span[0], row["first_at"]), min(span[1], row["last_at"] + TICK)
    return Estimate(int(row["n"]), (first, last) if first < last else None)


async def read_places(connection: Connection, series_ids: Sequence[int], span: Span) -> list[Row]:
    """Say of which assets series tell, when, and where those stand; series after series, in order of time."""
    parameters = {"series_ids": list(series_ids), "from": span[0], "to": span[1]}
    return await fetch(connection, QUERIES["read_places"], parameters)


async def read_slices(opens: Opens, wanted: Wanted) -> AsyncGenerator[Slice]:
    """Give the rows slice after slice of time, in ascending order of the slices; a connection is held during one only.

    A value stored while this goes on is given if its instant is still ahead.
    """
    for (begin, end), width in parts_of(wanted):
        while begin < end:
            until = min(end, begin + width)
            found = await read_slice(opens, wanted.series_ids, (begin, until))
            n_rows = found.n_rows if found else 0
            if n_rows > MOST_ROWS:
                width = max(TICK, (until - begin) / GROWTH)
                continue
            if found:
                yield found
            width = next_width(until - begin, n_rows)
            begin = until


async def read_slice(opens: Opens, series_ids: Sequence[int], span: Span) -> Slice | None:
    """Read the rows of one slice, one more than it may hold where there are more; None where there are none."""
    parameters = {"series_ids": list(series_ids), "from": span[0], "to": span[1], "n": MOST_ROWS + 1}
    async with opens() as connection, connection.cursor(binary=True) as cursor:
        await cursor.execute(QUERIES["read_slice"], parameters)
        row = await cursor.fetchone()
    return Slice(*row) if row and row[0] is not None else None


def parts_of(wanted: Wanted) -> list[tuple[Span, timedelta]]:
    """Cut the span where counted rows begin and end; give each part with how long its first slice is.

    Among counted rows that is as long as holds what a slice should, if they lie evenly; before and after them, where
    next to nothing is to be expected, it is the whole part.
    """
    begin, end = wanted.span
    if wanted.estimate.counted is None:
        return [((begin, end), end - begin)]
    first, last = wanted.estimate.counted
    width = max(TICK, (last - first) * min(1.0, TARGET_ROWS / max(1, wanted.estimate.n_rows)))
    return [((begin, first), first - begin), ((first, last), width), ((last, end), end - last)]


def next_width(width: timedelta, n_rows: int) -> timedelta:
    """Give how long the next slice is, after one of `width` that held so many rows."""
    factor = min(GROWTH, TARGET_ROWS / n_rows) if n_rows else GROWTH
    return min(max(TICK, width * factor), timedelta(days=36_525))
