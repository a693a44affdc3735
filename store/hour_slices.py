"""Hours of many series at once, as arrays: a pass over the rollup in the order of time, some days of it at a time.

A town has tens of millions of hours in a year. Read row by row, or series by series, they cost several times as much:
the rollup lies on disk in the order in which hours were written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)
SLICE = timedelta(days=7)  # a week of 5,000 series is 30 megabytes in the server
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours in order of time that begin at `at_us` [Unix microseconds], (n_hours,), of series in ascending order.

    Each of `columns` has the shape (n_hours, n_series), NaN where there is no row.
    """

    at_us: Integers
    columns: tuple[Floats, ...]


def read_hours(connection: Connection, series_ids: Integers, begins_at: datetime, ends_at: datetime) -> Iterator[Hours]:
    """Read covered seconds, time-weighted mean, lowest and highest value of the hours that begin in a period."""
    return read_slices(connection, QUERIES["read_hours"], series_ids, (begins_at, ends_at))


def read_known_hours(
    connection: Connection, series_ids: Integers, begins_at: datetime, ends_at: datetime
) -> Iterator[Hours]:
    """Read the means of the hours that begin in a period and of which at least half is known."""
    return read_slices(connection, QUERIES["read_known_hours"], series_ids, (begins_at, ends_at))


def read_slices(
    connection: Connection, query: LiteralString, series_ids: Integers, span: tuple[datetime, datetime]
) -> Iterator[Hours]:
    """Read a period slice by slice."""
    begins_at, ends_at = span
    while begins_at < ends_at and series_ids.size:
        to = min(begins_at + SLICE, ends_at)
        parameters = {"series_ids": series_ids.tolist(), "from": begins_at, "to": to}
        with connection.cursor(binary=True) as cursor:
            rows = cursor.execute(query, parameters, prepare=False).fetchall()
        if rows:
            yield laid_out(rows, series_ids)
        begins_at = to


def laid_out(rows: list[tuple[datetime, bytes, *tuple[bytes, ...]]], series_ids: Integers) -> Hours:
    """Put each value at its place."""
    at_us = np.array([unix_us(row[0]) for row in rows], dtype=np.int64)
    columns = tuple(np.full((len(rows), series_ids.size), np.nan) for _ in rows[0][2:])
    for hour, (_, numbers, *values) in enumerate(rows):
        places = np.searchsorted(series_ids, np.frombuffer(numbers, dtype=">i4"))
        for column, own in zip(columns, values, strict=True):
            column[hour, places] = np.frombuffer(own, dtype=">f8")
    return Hours(at_us, columns)


def unix_us(at: datetime) -> int:
    """Give an instant in microseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
