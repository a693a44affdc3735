"""Reading all rows of a territory and those below it, in one snapshot, while everything goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from store.moved_table import MovedTable
from store.moved_tables import MOVED
from store.readers import UnknownTerritoryError
from store.sql import load_queries

QUERIES = load_queries(__file__)
BLOCK_BYTES = 1_000_000
TABLES = {table.name: table for table in MOVED}

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Departure:
    """What an export is of: territory, what it hangs under, migrations of the schema, how far rollups are computed."""

    territory_id: int
    parent: str | None
    migrations: list[int]
    computed_to: datetime


@contextmanager
def frozen(connection: Connection, slug: str) -> Iterator[Departure]:
    """Begin a transaction that sees one instant and writes nothing, so it stands in nobody's way.

    Raises
    ------
    UnknownTerritoryError
        No territory has this slug.
    """
    with connection.transaction():
        connection.execute(QUERIES["freeze"])
        row = connection.execute(QUERIES["find_root"], {"slug": slug}).fetchone()
        if row is None:
            raise UnknownTerritoryError(f"no territory has the slug {slug}")
        (migrations,) = connection.execute(QUERIES["read_schema"]).fetchone() or ([],)
        (computed_to,) = connection.execute(QUERIES["read_computed_to"]).fetchone() or (None,)
        yield Departure(row[0], row[1], migrations, computed_to)


def copy_rows(connection: Connection, table: MovedTable, territory_id: int) -> Iterator[bytes]:
    """Give the rows of a table that go, a block at a time: CSV without a header for long tables, else lines of JSON."""
    query = sql.SQL(QUERIES["copy_long" if table.is_long else "copy_lines"]).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        table=sql.Identifier(table.name),
        condition=condition_of(table, territory_id),
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        rows: list[bytes] = []
        n_bytes = 0
        for row in copy:  # the server sends them one by one
            rows.append(bytes(row))
            n_bytes += len(row)
            if n_bytes > BLOCK_BYTES:
                yield b"".join(rows)
                rows, n_bytes = [], 0
        yield b"".join(rows)


def condition_of(table: MovedTable, territory_id: int) -> sql.Composable:
    """Say which rows of a table go."""
    if table.selected:
        return sql.SQL(QUERIES[f"where_{table.name}"]).format(root=sql.Literal(territory_id))
    parts = []
    for column, referred in table.within.items():
        other = TABLES[referred]
        if referred != "batches":  # a batch goes because rows name it
            names = {"column": column, "key": str(other.key), "table": other.name}
            identifiers = {key: sql.Identifier(name) for key, name in names.items()}
            condition = condition_of(other, territory_id)
            parts.append(sql.SQL(QUERIES["where_within"]).format(**identifiers, condition=condition))
    return sql.SQL(" and ").join(parts)


def read_types(connection: Connection, table: MovedTable) -> dict[str, str]:
    """Give the type of each column of a table's file, as PostgreSQL writes it."""
    types: dict[str, str] = dict(connection.execute(QUERIES["read_types"], {"table": table.name}).fetchall())
    return {column: types[column] for column in table.columns}
