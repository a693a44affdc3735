"""Keys of the API: 32 random bytes of which only the SHA-256 is kept. So much chance needs no slow hash."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
PREFIX = "vg_"


@dataclass(frozen=True, slots=True)
class Key:
    """A valid key: what it may do and the territories whose subtrees it sees."""

    key_id: int
    name: str
    scopes: frozenset[str]
    territory_ids: tuple[int, ...]


def create_key(
    connection: psycopg.Connection[tuple[Any, ...]],
    name: str,
    territories: Sequence[str],
    scopes: Sequence[str] = ("read",),
    expires_at: datetime | None = None,
) -> str:
    """Make a key for the subtrees of the territories and give its text, which nobody can read again.

    Raises
    ------
    LookupError
        A territory does not exist, or none is named.
    """
    text = PREFIX + secrets.token_urlsafe(32)
    with connection.transaction():
        row = connection.execute(
            QUERIES["insert_key"],
            {"key_hash": digest(text), "name": name, "scopes": list(scopes), "expires_at": expires_at},
        ).fetchone()
        key_id = row[0] if row else None
        granted = connection.execute(
            QUERIES["grant_territories"], {"key_id": key_id, "territories": list(territories)}
        ).rowcount
        if granted != len(set(territories)) or not granted:
            raise LookupError(f"no such territory among: {', '.join(territories) or 'none given'}")
    return text


async def read_key(connection: psycopg.AsyncConnection[tuple[Any, ...]], text: str) -> Key | None:
    """Give the key of this text if it is valid now."""
    cursor = await connection.execute(QUERIES["read_key"], {"key_hash": digest(text)})
    row = await cursor.fetchone()
    return Key(row[0], row[1], frozenset(row[2]), tuple(row[3])) if row else None


def digest(text: str) -> bytes:
    """Hash a key as it is kept."""
    return hashlib.sha256(text.encode()).digest()
