"""A migrated database for one measurement, dropped afterwards."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.local.services import Services
from store.migrate import migrate

PATIENCE_S = 60.0


@contextmanager
def fresh_database(services: Services) -> Iterator[str]:
    """Give the URL of a database that nobody else uses."""
    name = f"bench_{secrets.token_hex(6)}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            url = urlunsplit(urlsplit(services.database_url)._replace(path=f"/{name}"))
            migrate(url)
            yield url
        finally:
            drop(connection, name)


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
