"""The work that waits, ranked by what is to be lost if nothing is done; for readers, and for commands."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.rows import dict_row

from store import inputs
from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
FILTERS = ("territory", "type", "basis", "asset_id", "zone", "west", "south", "east", "north")
Filter = str | int | float | Sequence[str] | None


async def list_maintenance(
    connection: Connection, filters: Mapping[str, Filter], *, after: tuple[float | None, int], n: int
) -> list[Row]:
    """List assets behind (expected loss, asset id), (None, 0): from the top; filters: those of `FILTERS`."""
    return await fetch(connection, QUERIES["list_maintenance"], parameters_of(filters, after, n))


def read_maintenance(connection: inputs.Connection, filters: Mapping[str, Filter], n: int) -> list[dict[str, Any]]:
    """Read the first rows of the list."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_maintenance"], parameters_of(filters, (None, 0), n)).fetchall()


def parameters_of(filters: Mapping[str, Filter], after: tuple[float | None, int], n: int) -> dict[str, Filter]:
    """Name what the query takes; a filter that is left out does not filter."""
    unset: dict[str, Filter] = dict.fromkeys(FILTERS)
    return {**unset, **filters, "after_loss": after[0], "after_asset": after[1], "n": n}
