"""Readers of territories for tests: roles belong to the whole server, so each is dropped with its test."""

import contextlib
import secrets
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import conninfo, sql

from store.connect import connect
from store.readers import create_reader

MakeReader = Callable[[str], str]


@pytest.fixture
def make_reader(database_url: str) -> Iterator[MakeReader]:
    """Give a function from a territory's slug to the database's address as a new reader of that territory."""
    with readers_of(database_url) as make:
        yield make


@contextlib.contextmanager
def readers_of(database_url: str) -> Iterator[MakeReader]:
    """The same for a database that several tests share."""
    names: list[str] = []

    def make(territory: str) -> str:
        name, password = f"vigie_test_reader_{secrets.token_hex(6)}", secrets.token_urlsafe(12)
        names.append(name)
        with connect(database_url, program="test") as connection:
            create_reader(connection, name, password, territory)
        return as_role(database_url, name, password)

    yield make
    drop_roles(database_url, names)


def as_role(database_url: str, name: str, password: str) -> str:
    """Give the same database's address for another role."""
    fields = conninfo.conninfo_to_dict(database_url)
    return f"postgresql://{name}:{password}@{fields['host']}:{fields['port']}/{fields['dbname']}"


def drop_roles(database_url: str, names: list[str]) -> None:
    """Drop roles that own nothing; one that was never made is no matter."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name in names:
            with contextlib.suppress(psycopg.errors.UndefinedObject):
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
