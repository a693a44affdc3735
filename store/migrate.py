"""Bring a database to the schema of this version: numbered migrations once each, then views, then the catalogue.

Safe under two at once (an advisory lock), idempotent, and one transaction: a failure leaves the database as it was.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from store import catalogue, columnstore
from store.connect import connect
from store.errors import MissingExtensionError, MissingRightError, OutdatedSchemaError
from store.sql import load_queries

QUERIES = load_queries(__file__)
HERE = Path(__file__).parent
LOCK_NUMBER = 7_449_341  # any number, the same for every Vigie
OLDEST_TIMESCALEDB = (2, 19)
OLDEST_POSTGRESQL = 150_000


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `migrations/`: its number, name, text and SHA-256."""

    number: int
    name: str
    text: LiteralString
    digest: str


def migrate(database_url: str) -> list[str]:
    """Apply what is missing and give the names of the migrations applied, oldest first.

    Raises
    ------
    MissingExtensionError
        TimescaleDB is absent or older than 2.19, or PostgreSQL is older than 15.
    MissingRightError
        The role may not create extensions or roles.
    OutdatedSchemaError
        The database holds migrations that this version does not know, or knows otherwise.
    """
    with connect(database_url, program="migrate", statement_timeout_s=3600) as connection:
        connection.execute(QUERIES["lock_migrations"], {"number": LOCK_NUMBER})
        try:
            require_server(connection)
            applied = apply_missing(connection)
            replay_views(connection)
            catalogue.refresh(connection)
            columnstore.ensure_policy(connection)
        except psycopg.errors.InsufficientPrivilege as error:
            raise MissingRightError(f"the database role may not do this: {str(error).strip()}") from error
    return applied


def require_server(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Refuse a server that is too old or has no TimescaleDB, in a sentence that says what to do."""
    if connection.info.server_version < OLDEST_POSTGRESQL:
        raise MissingExtensionError(
            f"PostgreSQL 15 or later is needed, this is {connection.info.server_version // 10_000}"
        )
    row = connection.execute(QUERIES["read_extension"]).fetchone()
    if row is None:
        raise MissingExtensionError(
            "this PostgreSQL server has no TimescaleDB: install the package timescaledb for its version, "
            "or use `vigie local start`"
        )
    version = tuple(int(part) for part in str(row[0]).split("-")[0].split(".")[:2])
    if version < OLDEST_TIMESCALEDB:
        raise MissingExtensionError(f"TimescaleDB 2.19 or later is needed, this server offers {row[0]}")
    create_extensions(connection)


def create_extensions(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Make the extensions; what stands in the server's way is said in a sentence."""
    try:
        connection.execute(QUERIES["create_extensions"])
    except psycopg.errors.InternalError_ as error:
        if "must be preloaded" not in str(error):
            raise
        raise MissingExtensionError(
            "this PostgreSQL server has TimescaleDB but does not load it: set shared_preload_libraries = 'timescaledb' "
            "in postgresql.conf and restart the server"
        ) from error
    except psycopg.errors.FeatureNotSupported as error:  # raised for an extension whose files are absent
        raise MissingExtensionError(
            f"an extension is missing on this PostgreSQL server: {str(error).strip()}"
        ) from error


def apply_missing(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Run the migrations that the database does not hold yet, in number order."""
    connection.execute(QUERIES["create_migrations_table"])
    held = {int(number): str(digest) for number, digest in connection.execute(QUERIES["read_migrations"])}
    known = read_migrations()
    check_history(held, known)
    missing = [migration for migration in known if migration.number not in held]
    for migration in missing:
        connection.execute(migration.text)
        connection.execute(
            QUERIES["note_migration"],
            {"number": migration.number, "name": migration.name, "digest": migration.digest},
        )
    return [migration.name for migration in missing]


def check_history(held: dict[int, str], known: list[Migration]) -> None:
    """Refuse a database whose past differs from ours."""
    digests = {migration.number: migration.digest for migration in known}
    for number, digest in sorted(held.items()):
        if number not in digests:
            raise OutdatedSchemaError(
                f"the database holds migration {number:04d}, which this version does not know: use a newer Vigie"
            )
        if digests[number] != digest:
            raise OutdatedSchemaError(
                f"migration {number:04d} in the database differs from this version's: start from an empty database"
                " (`vigie local reset` empties the embedded one)"
            )


def read_migrations() -> list[Migration]:
    """Read `migrations/NNNN_what_it_does.sql`, in number order."""
    return [
        Migration(int(path.name[:4]), path.stem, read_text(path), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted((HERE / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))
    ]


def replay_views(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Make the readers' schema anew: it holds no data, so it always equals the file."""
    for path in sorted((HERE / "views").glob("*.sql")):
        connection.execute(read_text(path))


def read_text(path: Path) -> LiteralString:
    """Read one of our own SQL files, which is as good as a literal."""
    return path.read_text(encoding="utf-8")
