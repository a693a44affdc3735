"""Devices that nobody registered, as a reader sees them: what is kept of each, with its latest message."""

from collections.abc import Mapping

from store.listing import Filter
from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)


async def list_strangers(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List devices that wait or are ignored, by id; filters: territory, state (pending or ignored).

    `payload` is None where nothing is kept, or where the message has more than 65,536 bytes.
    """
    return await fetch(connection, QUERIES["list_strangers"], {**filters, "after": after, "n": n})
