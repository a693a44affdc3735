"""What a backup has to know of a database, and what a restore does to a server: counts and checksums, names, a swap.

A checksum is the sum of all rows' hashes: it does not depend on their order, nor on how chunks store them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors, sql

from store.connect import connect
from store.errors import MissingExtensionError, MissingRightError, StoreError
from store.sql import load_queries

QUERIES = load_queries(__file__)
PATIENCE_S = 6 * 3600.0
RESTORING = "vigie_restoring_"
N_TRIES = 10
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Server:
    """What a database runs on; `license_name` is timescale for the Community edition, apache for Debian's."""

    postgresql: str
    timescaledb: str
    license_name: str
    n_compressed: int


@dataclass(frozen=True, slots=True)
class Group:
    """A table, or one chunk of a hypertable over [begins_at, ends_at) of its time column."""

    table: str
    column: str | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """Number of rows and checksum of a group."""

    group: Group
    n_rows: int
    checksum: str


@contextmanager
def one_moment(database_url: str) -> Iterator[tuple[Connection, str]]:
    """Give a connection that sees one moment for as long as it lasts, and the snapshot's name for other programs."""
    with connect(database_url, program="backup", statement_timeout_s=PATIENCE_S) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute(QUERIES["export_snapshot"]).fetchone()
        assert row is not None
        yield connection, str(row[0])


def read_server(connection: Connection) -> Server:
    """Say what the database runs on. Raises MissingExtensionError where it is none of ours."""
    row = connection.execute(QUERIES["read_server"]).fetchone()
    if row is None:
        raise MissingExtensionError("this database has no TimescaleDB: run `vigie migrate` first")
    return Server(*row)


def read_migrations(connection: Connection) -> list[tuple[int, str]]:
    """Give number and digest of every migration that was applied."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(QUERIES["read_migrations"])]


def list_roles(connection: Connection) -> list[str]:
    """Give the roles that own or may use something of ours."""
    return [str(row[0]) for row in connection.execute(QUERIES["list_roles"])]


def read_owner(connection: Connection) -> str:
    """Give the role that owns the database."""
    row = connection.execute(QUERIES["read_owner"]).fetchone()
    assert row is not None
    return str(row[0])


def digest_all(connection: Connection) -> Iterator[Digest]:
    """Count and sum up every table, hypertables chunk by chunk."""
    for row in connection.execute(QUERIES["list_groups"]).fetchall():
        yield digest_group(connection, Group(*row))


def digest_group(connection: Connection, group: Group) -> Digest:
    """Count and sum up one group."""
    name = "digest_table" if group.column is None else "digest_chunk"
    query = sql.SQL(QUERIES[name]).format(
        table=sql.Identifier(group.table), column=sql.Identifier(group.column or "none")
    )
    row = connection.execute(query, {"from": group.begins_at, "to": group.ends_at}).fetchone()
    assert row is not None
    return Digest(group, int(row[0]), str(row[1]))


def wait_for_turn(admin: Connection) -> None:
    """Wait until no other restore works on this server; the connection holds the turn until it ends."""
    admin.execute(QUERIES["lock_restore"])


def require_fit(admin: Connection, backup: Server) -> None:
    """Refuse a server that cannot take the backup, in a sentence that says what to do.

    Raises
    ------
    MissingRightError
        The role is no superuser: TimescaleDB's own tables can be filled by none else.
    MissingExtensionError
        The server does not offer the version of TimescaleDB that the backup was made with.
    """
    if not holds(admin, "is_superuser"):
        raise MissingRightError("a restore needs a superuser: name one with --admin-url or VIGIE_ADMIN_DATABASE_URL")
    if not holds(admin, "has_version", version=backup.timescaledb):
        (offered,) = admin.execute(QUERIES["list_versions"]).fetchone() or ("none",)
        raise MissingExtensionError(
            f"the backup was made with TimescaleDB {backup.timescaledb}, this server offers {offered}:"
            " restore it on a server that has that version, then `alter extension timescaledb update`"
        )


def holds(connection: Connection, query: str, **parameters: str) -> bool:
    """Ask a yes or no question."""
    row = connection.execute(QUERIES[query], parameters).fetchone()
    return row is not None and bool(row[0])


def list_programs(admin: Connection, name: str) -> str:
    """Name the programs of Vigie that use a database; empty where there is none."""
    row = admin.execute(QUERIES["list_programs"], {"name": name}).fetchone()
    return str(row[0]) if row else ""


def create_roles(admin: Connection, roles: Iterable[str]) -> list[str]:
    """Make the roles that are missing, without a right to log in, and give their names."""
    missing = [role for role in roles if not holds(admin, "has_role", role=role)]
    for role in missing:
        admin.execute(sql.SQL(QUERIES["create_role"]).format(role=sql.Identifier(role)))
    return missing


def create_database(admin: Connection, name: str, owner: str) -> None:
    """Make an empty database; what restores that were cut left behind is dropped first."""
    for (leftover,) in admin.execute(QUERIES["list_leftovers"]).fetchall():
        drop_database(admin, str(leftover))
    admin.execute(sql.SQL(QUERIES["create_database"]).format(name=sql.Identifier(name), owner=sql.Identifier(owner)))


def drop_database(admin: Connection, name: str) -> None:
    """Drop a database if it is there."""
    admin.execute(sql.SQL(QUERIES["drop_database"]).format(name=sql.Identifier(name)))


def begin_restore(connection: Connection, backup: Server) -> None:
    """Have an empty database take TimescaleDB's own tables as they were; needs Community for compressed chunks."""
    version = sql.Literal(backup.timescaledb)
    connection.execute(sql.SQL(QUERIES["create_timescaledb"]).format(version=version))
    if backup.n_compressed and read_server(connection).license_name != "timescale":
        raise MissingExtensionError(
            "the backup holds compressed chunks, which only TimescaleDB's Community edition can read: name a server "
            "that has it with --admin-url, or with --scratch-url for a drill"
        )
    connection.execute(QUERIES["begin_restore"])


def end_restore(connection: Connection) -> None:
    """Have TimescaleDB work as usual again, and give the planner its statistics."""
    connection.execute(QUERIES["end_restore"])
    connection.execute(QUERIES["analyse"])


def swap_databases(admin: Connection, restored: str, name: str, aside: str) -> None:
    """Put a restored database in the place of another, which goes aside: both or neither.

    Sessions that are left are ended. Raises StoreError where they come back too fast.
    """
    for _ in range(N_TRIES):
        admin.execute(QUERIES["end_sessions"], {"name": name})
        admin.execute(QUERIES["end_sessions"], {"name": restored})
        try:
            with admin.transaction():
                if holds(admin, "has_database", name=name):
                    rename_database(admin, name, aside)
                rename_database(admin, restored, name)
            return
        except errors.ObjectInUse:
            continue
    raise StoreError(f"the database {name} stays in use: stop the programs that use it, and restore again")


def rename_database(admin: Connection, old: str, new: str) -> None:
    """Give a database another name."""
    admin.execute(sql.SQL(QUERIES["rename_database"]).format(old=sql.Identifier(old), new=sql.Identifier(new)))
