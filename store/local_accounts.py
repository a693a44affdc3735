"""Accounts with a name and a password: keys without a text, as are those that an identity provider vouches for."""

import unicodedata
from dataclasses import replace
from typing import Any, NamedTuple

import psycopg
from psycopg.errors import UniqueViolation

from store.audit import Line, write_line
from store.keys import NewKey, check_scopes, digest, grant, key_parameters, read_keys
from store.passwords import hash_password
from store.reader import Row
from store.sql import load_queries

QUERIES = load_queries(__file__)
ISSUER = "local"  # no provider is called so: theirs are addresses
SHORTEST_NAME, LONGEST_NAME = 2, 100
Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]


class LocalAccount(NamedTuple):
    """An account that is valid now: its number, its password as it is kept, its territory where it has only one."""

    key_id: int
    password_hash: str
    territory_id: int | None


def add_account(connection: Connection, new: NewKey, password: str, actor: str) -> int:
    """Make an account and give its number; its line is in the audit log.

    Raises
    ------
    LookupError, ValueError
        As `store.keys.insert_key`; the name is taken, it or the password is too short or too long, or one holds the
        other.
    """
    name, subject = new.name.strip(), login_name(new.name)
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ValueError(f"a name has from {SHORTEST_NAME} to {LONGEST_NAME} letters, digits or spaces")
    password_hash = hash_for(subject, password)
    parameters = {
        "key_hash": digest(f"account\n{ISSUER}\n{subject}"),
        "issuer": ISSUER,
        "subject": subject,
        **key_parameters(replace(new, name=name), check_scopes(new.role, new.scopes)),
    }
    with connection.transaction():
        try:
            row = connection.execute(QUERIES["insert_account"], parameters).fetchone()
        except UniqueViolation as error:
            raise ValueError(f"there is an account {name!r} already: see `vigie account list --all`") from error
        key_id = grant(connection, row, new.territories)
        connection.execute(QUERIES["write_password"], {"key_id": key_id, "password_hash": password_hash})
        detail = {"name": name, "role": new.role, "territories": list(new.territories)}
        only = new.territories[0] if len(new.territories) == 1 else None
        write_line(connection, Line(actor, "add_account", f"key {key_id}", detail, only))
    return key_id


def change_password(connection: Connection, name: str, password: str, actor: str) -> None:
    """Give an account another password and end its sessions.

    Raises
    ------
    LookupError, ValueError
        There is no such account that is in use; the password is too short or too long, or holds the name.
    """
    password_hash = hash_for(login_name(name), password)
    with connection.transaction():
        key_id, territory_id = find_standing(connection, name)
        connection.execute(QUERIES["write_password"], {"key_id": key_id, "password_hash": password_hash})
        connection.execute(QUERIES["end_sessions"], {"key_id": key_id})
        write_line(connection, Line(actor, "change_password", f"key {key_id}", {}, territory_id))


def end_account(connection: Connection, name: str, actor: str) -> int:
    """End an account and its sessions, for good, and give its number. Raises LookupError."""
    with connection.transaction():
        key_id, territory_id = find_standing(connection, name)
        connection.execute(QUERIES["end_account"], {"key_id": key_id})
        connection.execute(QUERIES["end_sessions"], {"key_id": key_id})
        write_line(connection, Line(actor, "end_account", f"key {key_id}", {"name": name}, territory_id))
    return key_id


def find_standing(connection: Connection, name: str) -> tuple[int, int | None]:
    """Give number and only territory of an account that was not ended. Raises LookupError."""
    parameters = {"issuer": ISSUER, "subject": login_name(name)}
    row = connection.execute(QUERIES["find_standing"], parameters).fetchone()
    if row is None:
        raise LookupError(f"there is no account {name!r} that is in use: see `vigie account list`")
    return row[0], row[1]


def read_accounts(connection: Connection, *, ended: bool = False) -> list[Row]:
    """Read local accounts by number, with when somebody last logged in; those that are no longer valid on demand."""
    return read_keys(connection, ended=ended, issuer=ISSUER)


async def find_account(connection: AsyncConnection, name: str) -> LocalAccount | None:
    """Give the account of this name if it is valid now."""
    parameters = {"issuer": ISSUER, "subject": login_name(name)}
    row = await (await connection.execute(QUERIES["find_account"], parameters)).fetchone()
    return LocalAccount(*row) if row else None


async def has_accounts(connection: AsyncConnection) -> bool:
    """Whether anybody can log in with a password."""
    row = await (await connection.execute(QUERIES["has_accounts"])).fetchone()
    return bool(row and row[0])


def hash_for(subject: str, password: str) -> str:
    """Hash a password for an account. Raises ValueError where it holds the name, or cannot be one."""
    if subject in login_name(password):
        raise ValueError("a password does not hold the account's name")
    return hash_password(password)


def login_name(name: str) -> str:
    """Write a name as accounts are found by: neither case nor width counts.

    >>> login_name(" Jeanne ") == login_name("ＪＥＡＮＮＥ")
    True
    """
    return unicodedata.normalize("NFKC", name).casefold().strip().replace("\x00", "")
