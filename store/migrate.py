"""Bring a database to the schema of this version: numbered migrations once each, then views, then the catalogue.

Safe under two at once (an advisory lock), idempotent, and one transaction: a failure leaves the database as it was.
Only a migration that says `-- Online` in its head runs outside: each of its statements is a transaction of its own,
holds no lock for long and may be run again, so that large tables change while programs work.
"""

import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg

from store import catalogue, columnstore
from store.connect import connect
from store.errors import BusyError, MissingExtensionError, MissingRightError, OutdatedSchemaError
from store.sql import load_queries

QUERIES = load_queries(__file__)
HERE = Path(__file__).parent
LOCK_NUMBER = 7_449_341  # any number, the same for every Vigie
PATIENCE_S = 3600.0
OLDEST_TIMESCALEDB = (2, 19)
OLDEST_POSTGRESQL = 150_000
ONLINE = re.compile(r"^-- Online", re.MULTILINE)
END = re.compile(r";[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `migrations/`: its number, name, text and SHA-256."""

    number: int
    name: str
    text: LiteralString
    digest: str

    @property
    def is_online(self) -> bool:
        return ONLINE.search(self.text) is not None

    @property
    def statements(self) -> list[LiteralString]:
        """The statements of an online migration, which ends each with a semicolon at the end of a line."""
        return [cast(LiteralString, part) for part in END.split(self.text) if part.strip()]


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
    with connect(database_url, program="migrate", statement_timeout_s=3600, autocommit=True) as connection:
        wait_for_turn(connection)
        try:
            return apply_all(connection)
        except psycopg.errors.InsufficientPrivilege as error:
            raise MissingRightError(f"the database role may not do this: {str(error).strip()}") from error


def wait_for_turn(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Wait until no other migration runs; the connection holds the turn until it ends.

    Asked again and again, since a session that waits within a statement is itself waited for by an index made online.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        row = connection.execute(QUERIES["lock_migrations"], {"number": LOCK_NUMBER}).fetchone()
        if row is not None and row[0]:
            return
        if time.monotonic() > deadline:
            raise BusyError("another migration has been running for an hour")
        time.sleep(0.1)


def apply_all(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Apply what is missing: online migrations by themselves, all between two of them in one transaction."""
    applied: list[str] = []
    while True:
        with connection.transaction():
            require_server(connection)
            missing = find_missing(connection)
            online = next((one for one in missing if one.is_online), None)
            now = missing[: missing.index(online)] if online else missing
            for migration in now:
                connection.execute(migration.text)
                note(connection, migration)
            if online is None:
                replay_views(connection)
                catalogue.refresh(connection)
                columnstore.ensure_policy(connection)
        applied += [migration.name for migration in now]
        if online is None:
            return applied
        apply_online(connection, online)
        applied.append(online.name)


def apply_online(connection: psycopg.Connection[tuple[Any, ...]], migration: Migration) -> None:
    """Run the statements of an online migration one by one; one that was cut is run again from its begin."""
    for statement in migration.statements:
        connection.execute(statement)
    note(connection, migration)


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


def find_missing(connection: psycopg.Connection[tuple[Any, ...]]) -> list[Migration]:
    """Give the migrations that the database does not hold yet, in number order."""
    connection.execute(QUERIES["create_migrations_table"])
    held = {int(number): str(digest) for number, digest in connection.execute(QUERIES["read_migrations"])}
    known = read_migrations()
    check_history(held, known)
    return [migration for migration in known if migration.number not in held]


def note(connection: psycopg.Connection[tuple[Any, ...]], migration: Migration) -> None:
    """Write down that a migration has been applied."""
    parameters = {"number": migration.number, "name": migration.name, "digest": migration.digest}
    connection.execute(QUERIES["note_migration"], parameters)


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
