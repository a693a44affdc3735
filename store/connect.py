"""Connections to the store: one way in, with foreign errors translated where they enter."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg_pool import AsyncConnectionPool

from store.errors import StoreError, UnreachableError, WrongAddressError

# Names in times are always UTC; a query without an answer in 60 s is a fault of ours.
SESSION_OPTIONS = "-c timezone=UTC -c statement_timeout={timeout_ms}"
REFUSALS = ("28P01", "28000", "3D000", "3F000")  # password, authorisation, no such database, no such schema


def connect(
    database_url: str, *, program: str, statement_timeout_s: float = 60.0, autocommit: bool = False
) -> psycopg.Connection[tuple[Any, ...]]:
    """Open one connection.

    Raises
    ------
    WrongAddressError
        The URL is no database URL, or the server refuses the user, password or database.
    UnreachableError
        No server answers there (passing: it may come back).
    """
    with translated_errors(database_url):
        return psycopg.connect(database_url, autocommit=autocommit, **session_arguments(program, statement_timeout_s))


def open_async_pool(
    database_url: str, *, program: str, n_connections: int = 8, statement_timeout_s: float = 30.0
) -> AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]]:
    """Make the API's pool, still closed; `async with` opens it. Waiting for a connection ends after 10 s."""
    return AsyncConnectionPool(
        database_url,
        min_size=1,
        max_size=n_connections,
        timeout=10.0,
        open=False,
        name=program,
        kwargs={"autocommit": False, **session_arguments(program, statement_timeout_s)},
    )


def session_arguments(program: str, statement_timeout_s: float) -> dict[str, Any]:
    """Arguments that every session of Vigie uses, whoever opens it."""
    return {
        "application_name": f"vigie {program}",
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,  # ms; what was sent and never confirmed would be waited for a quarter of an hour
        "options": SESSION_OPTIONS.format(timeout_ms=int(statement_timeout_s * 1000)),
    }


@contextmanager
def translated_errors(database_url: str) -> Iterator[None]:
    """Turn the driver's connection errors into ours, naming the address without its password."""
    address = public_address(database_url)
    try:
        yield
    except psycopg.OperationalError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[0].rpartition("failed: ")[2] if lines else type(error).__name__
        if error.sqlstate in REFUSALS or "authentication failed" in reason or "does not exist" in reason:
            raise WrongAddressError(f"the database at {address} refuses us: {reason}") from error
        raise UnreachableError(f"no database answers at {address}: {reason}") from error


def public_address(database_url: str) -> str:
    """Write a database URL without its password.

    Raises
    ------
    WrongAddressError
        The text is no database URL.
    """
    try:
        fields = conninfo.conninfo_to_dict(database_url)
    except psycopg.ProgrammingError as error:
        raise WrongAddressError(
            "the database URL cannot be read; expected postgresql://user:password@host:port/name"
        ) from error
    return f"{fields.get('host', 'localhost')}:{fields.get('port', 5432)}/{fields.get('dbname', '')}"


__all__ = ["StoreError", "connect", "open_async_pool", "public_address"]
