"""Keys of the API: 32 random bytes of which only the SHA-256 is kept. So much chance needs no slow hash.

An account is a key without a text: an identity provider vouches for who it is, and each of its tokens says anew what
it may.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import psycopg
from psycopg.rows import dict_row

from store.audit import Line, write_line
from store.reader import Row
from store.sql import load_queries

QUERIES = load_queries(__file__)
PREFIX = "vg_"
Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]
Role = Literal["reader", "technician", "engineer", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may what those before it may
Scope = Literal["read", "write", "ingest", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
SCOPES_BY_ROLE: Mapping[Role, tuple[Scope, ...]] = {
    "reader": ("read",),
    "technician": ("read", "write"),
    "engineer": ("read", "write"),
    "administrator": ("read", "write", "admin"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A valid key: what it may do and the territories whose subtrees it sees.

    `requests_per_day` None is what the API is set to, 0 no limit.
    """

    key_id: int
    name: str
    scopes: frozenset[str]
    territory_ids: tuple[int, ...]
    role: Role = "reader"
    requests_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be made. Scopes None are those of the role; `requests_per_day` as in `Key`."""

    name: str
    territories: Sequence[str]
    role: Role = "reader"
    scopes: Sequence[str] | None = None
    expires_at: datetime | None = None
    requests_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a checked token says: who (`issuer` and `subject` together name a person or program), and what it may.

    Whoever makes one has checked the token.
    """

    issuer: str
    subject: str
    name: str
    role: Role
    scopes: frozenset[str]
    territories: tuple[str, ...]
    expires_at: datetime


def create_key(
    connection: Connection,
    name: str,
    territories: Sequence[str],
    scopes: Sequence[str] = ("read",),
    expires_at: datetime | None = None,
) -> str:
    """Make a program's own key, of the least role for its scopes: reader, engineer (write) or administrator (admin).

    Raises
    ------
    LookupError, ValueError
        As `insert_key`.
    """
    role: Role = "administrator" if "admin" in scopes else "engineer" if "write" in scopes else "reader"
    return insert_key(connection, NewKey(name, territories, role, scopes, expires_at))[1]


def add_key(connection: Connection, new: NewKey, actor: str) -> tuple[int, str]:
    """Make a key for somebody, as `insert_key`, with its line in the audit log."""
    with connection.transaction():
        key_id, text = insert_key(connection, new)
        detail = {"name": new.name, "role": new.role, "territories": list(new.territories)}
        only = new.territories[0] if len(new.territories) == 1 else None
        write_line(connection, Line(actor, "add_key", f"key {key_id}", detail, only))
    return key_id, text


def insert_key(connection: Connection, new: NewKey) -> tuple[int, str]:
    """Make a key for the subtrees of the territories; give its number and its text, which nobody can read again.

    Raises
    ------
    LookupError
        A territory does not exist, or none is named.
    ValueError
        There is no such scope, or the role may not do what a scope is for.
    """
    text = PREFIX + secrets.token_urlsafe(32)
    parameters = {"key_hash": digest(text), **key_parameters(new, check_scopes(new.role, new.scopes))}
    with connection.transaction():
        row = connection.execute(QUERIES["insert_key"], parameters).fetchone()
        return grant(connection, row, new.territories), text


def grant(connection: Connection, row: tuple[Any, ...] | None, territories: Sequence[str]) -> int:
    """Let a key whose number is in `row` see territories, and give its number. Raises LookupError."""
    granting = {"key_id": row[0] if row else None, "territories": list(territories)}
    granted = connection.execute(QUERIES["grant_territories"], granting).rowcount
    if granted != len(set(territories)) or row is None or not granted:
        raise LookupError(f"no such territory among: {', '.join(territories) or 'none given'}")
    return int(row[0])


def check_scopes(role: Role, scopes: Sequence[str] | None) -> list[str]:
    """Give the scopes of a key in order, by default those of its role. Raises ValueError."""
    wanted = SCOPES_BY_ROLE[role] if scopes is None else scopes
    unknown = sorted(set(wanted) - set(SCOPES))
    if unknown:
        raise ValueError(f"there is no scope {unknown[0]!r}; scopes are {', '.join(SCOPES)}")
    if "write" in wanted and role == "reader":
        raise ValueError("a reader changes nothing: the scope write wants the role technician or one above it")
    if "admin" in wanted and role != "administrator":
        raise ValueError("the scope admin wants the role administrator")
    return [scope for scope in SCOPES if scope in wanted]


def key_parameters(new: NewKey, scopes: list[str]) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "name": new.name,
        "role": new.role,
        "scopes": scopes,
        "expires_at": new.expires_at,
        "requests_per_day": new.requests_per_day,
    }


def end_key(connection: Connection, key_id: int, actor: str) -> str:
    """Let a key be valid no longer, and give its name; who used it a moment ago may go on for some seconds.

    Raises
    ------
    LookupError
        There is no such key, or it was ended before.
    """
    with connection.transaction():
        row = connection.execute(QUERIES["end_key"], {"key_id": key_id}).fetchone()
        if row is None:
            raise LookupError(f"no key {key_id} that is in use: see `vigie key list`")
        write_line(connection, Line(actor, "end_key", f"key {key_id}", {"name": row[0]}, row[1]))
    return str(row[0])


def read_keys(connection: Connection, *, ended: bool = False, issuer: str | None = None) -> list[Row]:
    """Read keys and accounts, of one issuer or all, by number, with when each was used last; those that are no longer
    valid on demand."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_keys"], {"ended": ended, "issuer": issuer}).fetchall()


async def read_key(connection: AsyncConnection, text: str) -> Key | None:
    """Give the key of this text if it is valid now."""
    return await fetch_key(connection, {"key_hash": digest(text), "key_id": None})


async def read_key_by_id(connection: AsyncConnection, key_id: int) -> Key | None:
    """Give the key of this number if it is valid now."""
    return await fetch_key(connection, {"key_hash": None, "key_id": key_id})


async def fetch_key(connection: AsyncConnection, parameters: Mapping[str, Any]) -> Key | None:
    """Run the query for one key."""
    row = await (await connection.execute(QUERIES["read_key"], parameters)).fetchone()
    return Key(row[0], row[1], frozenset(row[2]), tuple(row[3]), row[4], row[5]) if row else None


async def enrol(connection: AsyncConnection, vouched: Vouched) -> Key | None:
    """Give the account of a token the rights that the token names, and the account; None where it was ended.

    An account without any known territory sees nothing.
    """
    parameters = {
        "key_hash": digest(f"account\n{vouched.issuer}\n{vouched.subject}"),  # no key is this text: of another prefix
        "issuer": vouched.issuer,
        "subject": vouched.subject,
        "name": vouched.name,
        "role": vouched.role,
        "scopes": sorted(vouched.scopes),
        "expires_at": vouched.expires_at,
        "territories": list(vouched.territories),
    }
    async with connection.transaction():
        row = await (await connection.execute(QUERIES["upsert_account"], parameters)).fetchone()
        if row is None:
            return None
        key_id, name, requests_per_day = row
        parameters["key_id"] = key_id
        await connection.execute(QUERIES["take_territories"], parameters)
        await connection.execute(QUERIES["grant_account_territories"], parameters)
        territory_ids = await (await connection.execute(QUERIES["read_territories"], parameters)).fetchall()
    return Key(
        key_id, name, vouched.scopes, tuple(number for (number,) in territory_ids), vouched.role, requests_per_day
    )


async def take_requests(connection: AsyncConnection, key_id: int, n: int) -> int:
    """Set requests of today (UTC) aside for a key, and give how many it has had with them."""
    row = await (await connection.execute(QUERIES["take_requests"], {"key_id": key_id, "n": n})).fetchone()
    if row is None:
        raise LookupError(f"no key {key_id}")
    return int(row[0])


def digest(text: str) -> bytes:
    """Hash a key as it is kept."""
    return hashlib.sha256(text.encode()).digest()
