"""Patterns of clients, tried by the database: it ends what takes too long."""

from collections.abc import Collection

from store.reader import Connection, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)


async def find_matching(connection: Connection, pattern: str, texts: Collection[str]) -> frozenset[str]:
    """Give those of some texts in which a pattern is found. Raises psycopg.DataError where it is none."""
    rows = await fetch(connection, QUERIES["find_matching"], {"pattern": pattern, "texts": sorted(texts)})
    return frozenset(row["text"] for row in rows)
