"""Addresses of calendars: who has one reads the work orders of a territory, or of one technician or team there.

The address holds 32 random bytes of which only the SHA-256 is kept, as of keys.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from store.audit import Line, write_line
from store.keys import digest
from store.reader import Connection as Reader
from store.reader import Pool, Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
PREFIX = "cal_"


@dataclass(frozen=True, slots=True)
class Feed:
    """What an address shows: a territory with those below it; `technician` None is everybody."""

    feed_id: int
    territory_id: int
    territory_name: str
    technician: str | None


def create_feed(
    connection: Connection,
    territory: str,
    technician: str | None,
    actor: str,
    ancestor_ids: Sequence[int] | None = None,
) -> tuple[int, str]:
    """Make an address, and give its number and its token, which nobody can read again.

    Raises
    ------
    NotThereError
        There is no such territory for the key.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    parameters = {
        "territory": territory,
        "technician": technician,
        "token_hash": digest(token),
        "actor": actor,
        "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids),
    }
    with connection.transaction():
        row = connection.execute(QUERIES["insert_feed"], parameters).fetchone()
        if row is None:
            raise NotThereError(f"there is no territory {territory!r}")
        detail = {"territory": territory, "technician": technician}
        write_line(connection, Line(actor, "create_calendar", f"calendar {row[0]}", detail, territory))
    return int(row[0]), token


def revoke_feed(connection: Connection, feed_id: int, actor: str, ancestor_ids: Sequence[int] | None = None) -> None:
    """Let an address lead nowhere from now on. Raises NotThereError where there is none that is in use."""
    parameters = {"feed_id": feed_id, "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids)}
    with connection.transaction():
        row = connection.execute(QUERIES["revoke_feed"], parameters).fetchone()
        if row is None:
            raise NotThereError(f"no calendar {feed_id} that is in use")
        detail = {"territory": row[0]}
        write_line(connection, Line(actor, "revoke_calendar", f"calendar {feed_id}", detail, row[0]))


async def list_feeds(connection: Reader, *, after: int, n: int) -> list[Row]:
    """List the addresses that are in use, without their tokens, newest first."""
    return await fetch(connection, QUERIES["list_feeds"], {"after": after, "n": n})


def read_feeds(connection: Connection) -> list[Row]:
    """Read the addresses that are in use, as `list_feeds` lists them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_feeds"], {"after": 0, "n": 10_000}).fetchall()


async def find_feed(pool: Pool, token: str) -> Feed | None:
    """Give what an address shows; None where it leads nowhere."""
    async with pool.connection() as connection:
        cursor = await connection.execute(QUERIES["find_feed"], {"token_hash": digest(token)})
        row = await cursor.fetchone()
    return None if row is None else Feed(*row)
