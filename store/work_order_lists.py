"""Work orders read: lists for the API and the command, history, what calendars show."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
Filters = Mapping[str, str | int | None]
N_CALENDAR = 2_000


async def list_orders(connection: Reader, filters: Filters, *, after: int, n: int) -> list[Row]:
    """List work orders, newest first, below the number `after` (0: from the top).

    Filters: territory, state (a state, `waiting` for all that are not done, or `all`), asset_id, technician,
    incident_id.
    """
    return await fetch(connection, QUERIES["list_orders"], {**filters, "after": after, "n": n})


async def find_order(connection: Reader, number: int) -> Row | None:
    """Give a work order; None where there is none to be seen."""
    rows = await fetch(connection, QUERIES["find_order"], {"work_order_id": number})
    return rows[0] if rows else None


async def list_changes(connection: Reader, number: int, *, after: int, n: int) -> list[Row]:
    """List the history of a work order, the first first, behind the version `after`."""
    return await fetch(connection, QUERIES["list_changes"], {"work_order_id": number, "after": after, "n": n})


async def list_for_calendar(connection: Reader, technician: str | None) -> list[Row]:
    """List what a calendar shows: what waits, and what was planned in the last 90 days."""
    return await fetch(connection, QUERIES["list_for_calendar"], {"technician": technician, "n": N_CALENDAR})


def read_orders(connection: Connection, filters: Filters, n: int) -> list[Row]:
    """Read the newest work orders, as `list_orders` lists them, as whoever has the database."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_orders"], {**filters, "after": 0, "n": n}).fetchall()
