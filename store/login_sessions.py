"""Sessions of people who logged in: what a cookie holds is kept hashed; each ends when idle, and some hours on."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg

from store.keys import Key, digest
from store.sql import load_queries

QUERIES = load_queries(__file__)
MOST_SESSIONS = 20  # of one account; the oldest go
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]
Way = Literal["password", "provider"]


@dataclass(frozen=True, slots=True)
class Span:
    """How long a session may be idle, and how long it lasts at most [s]."""

    idle_s: float = 7_200.0
    most_s: float = 43_200.0


@dataclass(frozen=True, slots=True)
class Session:
    """A session that stands: whose, how it began, when it ends at the latest."""

    key: Key
    way: Way
    ends_at: datetime


async def open_session(connection: AsyncConnection, key_id: int, way: Way, most_s: float) -> str:
    """Begin a session of an account and give its text, which nobody can read again; sessions that are over go."""
    text = secrets.token_urlsafe(32)
    parameters = {"token_hash": digest(text), "key_id": key_id, "way": way, "most_s": most_s, "most": MOST_SESSIONS}
    await connection.execute(QUERIES["forget_sessions"])
    await connection.execute(QUERIES["insert_session"], parameters)
    await connection.execute(QUERIES["end_surplus"], parameters)
    return text


async def read_session(connection: AsyncConnection, text: str, idle_s: float) -> Session | None:
    """Give the session of this text if it stands, and note that it is not idle.

    What an account of a provider may is what its latest token said, and holds as long as the session.
    """
    parameters = {"token_hash": digest(text), "idle_s": idle_s}
    row = await (await connection.execute(QUERIES["read_session"], parameters)).fetchone()
    if row is None:
        return None
    key_id, name, scopes, territory_ids, role, requests_per_day, way, ends_at = row
    return Session(Key(key_id, name, frozenset(scopes), tuple(territory_ids), role, requests_per_day), way, ends_at)


async def end_session(connection: AsyncConnection, text: str) -> int | None:
    """End a session and give the number of its account; None where there was none."""
    row = await (await connection.execute(QUERIES["end_session"], {"token_hash": digest(text)})).fetchone()
    return int(row[0]) if row else None
