"""A migrated database for one measurement, dropped afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.local.services import Services
from store.migrate import migrate


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
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
