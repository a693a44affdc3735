"""Who is on call, and to whom an alert was sent: what people at work may know of channels."""

from datetime import datetime

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)


async def list_on_call(
    connection: Connection, territory: str | None, now: datetime, *, after: int, n: int
) -> list[Row]:
    """List who is on call by each rota that is in use, beyond the id `after`; `until` when, and who is next."""
    parameters = {"territory": territory, "now": now, "after": after, "n": n}
    return await fetch(connection, QUERIES["list_on_call"], parameters)


async def list_messages(connection: Connection, alert_id: int, *, after: int, n: int) -> list[Row]:
    """List whom an alert was or is to be sent to, beyond the message `after`, and what came of it."""
    return await fetch(connection, QUERIES["list_messages"], {"alert_id": alert_id, "after": after, "n": n})
