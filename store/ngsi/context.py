"""JSON-LD contexts that are kept: posted by clients, or copies of public ones brought by hand. None is ever fetched."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
MOST_CONTEXTS = 1_000


async def find_contexts(connection: Connection, urls: Sequence[str]) -> dict[str, Row]:
    """Give those of these contexts that are kept, by their address."""
    rows = await fetch(connection, QUERIES["find_contexts"], {"urls": list(urls)}) if urls else []
    return {row["url"]: row for row in rows}


async def list_contexts(connection: Connection, kind: str | None) -> list[Row]:
    """List contexts, the oldest first, all or those of one kind."""
    return await fetch(connection, QUERIES["list_contexts"], {"kind": kind, "n": MOST_CONTEXTS})


async def write_context(connection: Connection, territory_id: int, url: str, body: Any) -> None:
    """Keep a context that a client posted."""
    await connection.execute(
        QUERIES["upsert_context"], {"territory_id": territory_id, "url": url, "kind": "Hosted", "body": Jsonb(body)}
    )


async def delete_context(connection: Connection, territory_id: int, url: str) -> bool:
    """Delete a context; say whether it was there."""
    cursor = await connection.execute(QUERIES["delete_context"], {"territory_id": territory_id, "url": url})
    return cursor.rowcount > 0


def bring_context(connection: psycopg.Connection[tuple[Any, ...]], territory: str, url: str, body: Any) -> bool:
    """Keep the copy of a public context for a territory; False where there is no such territory."""
    found = connection.execute(QUERIES["find_territory"], {"slug": territory}).fetchone()
    if found is None:
        return False
    connection.execute(
        QUERIES["upsert_context"], {"territory_id": found[0], "url": url, "kind": "Cached", "body": Jsonb(body)}
    )
    return True
