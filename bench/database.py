"""A migrated database for one measurement, dropped afterwards."""

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.local.services import Services
from store.migrate import migrate

CHECKOUT = Path(__file__).resolve().parent  # servers and data of their own, apart from the demo's and the tests'
PATIENCE_S = 60.0
NAME = re.compile(r"bench_(?P<pid>\d+)_[0-9a-f]+")


@contextmanager
def fresh_database(services: Services) -> Iterator[str]:
    """Give the URL of a database that nobody else uses."""
    name = f"bench_{os.getpid()}_{secrets.token_hex(6)}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            url = urlunsplit(urlsplit(services.database_url)._replace(path=f"/{name}"))
            migrate(url)
            yield url
        finally:
            drop(connection, name)


def drop_leftovers(database_url: str) -> None:
    """Drop the databases of processes that were killed before they could."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for (name,) in connection.execute("select datname from pg_database").fetchall():
            found = NAME.fullmatch(str(name))
            if found and not Path(f"/proc/{found['pid']}").exists():
                drop(connection, str(name))


def drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database; while the server vacuums it, which only its owner could end, wait."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
