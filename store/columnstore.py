"""Compression of old measurements: TimescaleDB's Community edition has it, Debian's Apache edition has not.

`vigie migrate` finds out which edition answers. Segment, order and chunk length are those that `make bench-columnstore`
found best; docs/reference/retention.md has the figures.
"""

from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]


def ensure_policy(connection: Connection) -> bool:
    """Have chunks compressed once they are 14 days old, where the edition can; tell whether it can."""
    if not has_columnstore(connection):
        return False
    row = connection.execute(QUERIES["is_enabled"]).fetchone()
    if row and not row[0]:
        connection.execute(QUERIES["enable"])
    connection.execute(QUERIES["add_policy"])
    return True


def has_columnstore(connection: Connection) -> bool:
    """Tell whether this server's edition can compress."""
    row = connection.execute(QUERIES["read_license"]).fetchone()
    return row is not None and row[0] == "timescale"


def open_chunk(connection: Connection, chunk: str) -> None:
    """Write a compressed chunk back as rows, so that rows can be deleted from it without leaving holes."""
    connection.execute(QUERIES["open_chunk"], {"chunk": chunk})


def close_chunk(connection: Connection, chunk: str) -> None:
    """Compress a chunk again."""
    connection.execute(QUERIES["close_chunk"], {"chunk": chunk})
