"""Restore a backup: into a database beside, compared with the manifest, then put in the place of the old one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from psycopg import conninfo

from deploy.backup.errors import BackupError, DifferenceError
from deploy.backup.manifest import DUMP, Manifest, read_manifest
from deploy.backup.programs import find_program, run_program
from store import backup as store
from store.connect import connect
from store.migrate import migrate

# pg_dump itself warns of these circles within TimescaleDB's own tables; timescaledb_pre_restore is what they need.
OPTIONS = ("--format=directory", "--exit-on-error")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group of rows as it was backed up and as it was restored (None: not there)."""

    group: store.Group
    wanted: store.Digest | None
    found: store.Digest | None

    @property
    def is_equal(self) -> bool:
        return self.wanted == self.found


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the old database's new name (None: there was none), and roles that cannot log in yet."""

    aside: str | None
    new_roles: tuple[str, ...]
    comparisons: tuple[Comparison, ...]


def restore_backup(folder: Path, database_url: str, admin_url: str, now: datetime) -> Restored:
    """Put a backup in the place of the database that `database_url` names, which is kept beside under another name.

    Until the very end the old database is as it was; cut anywhere, the restore can be done again.

    Raises
    ------
    BackupError
        Programs of Vigie are at work: workers remember numbers of series, which may be others in the backup.
    DifferenceError
        What was restored is not what was backed up; the old database stays.
    """
    manifest = read_manifest(folder)
    name = name_of(database_url)
    require_rest(admin_url, name)
    aside = f"{name}_before_{now:%Y%m%dT%H%M%SZ}"
    with restored_database(folder, manifest, admin_url, now) as (restored, new_roles):
        comparisons = compare(manifest, with_database(admin_url, restored))
        require_equal(comparisons)
        migrate(with_database(database_url, restored))  # as the owner: a newer Vigie may bring new tables
        with connect(with_database(admin_url, "postgres"), program="restore", autocommit=True) as admin:
            had_old = store.holds(admin, "has_database", name=name)
            store.swap_databases(admin, restored, name, aside)
    return Restored(aside if had_old else None, new_roles, comparisons)


def require_rest(admin_url: str, name: str) -> None:
    """Refuse to replace a database that programs of Vigie use."""
    with connect(with_database(admin_url, "postgres"), program="restore", autocommit=True) as admin:
        programs = store.list_programs(admin, name)
    if programs:
        raise BackupError(f"stop the programs that use the store before a restore: {programs}")


@contextmanager
def restored_database(
    folder: Path, manifest: Manifest, admin_url: str, now: datetime
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Restore into a database of its own; give its name and the roles made for it. Unless renamed, it is dropped."""
    name = f"{store.RESTORING}{now:%Y%m%dt%H%M%Sz}"
    url = with_database(admin_url, "postgres")
    with connect(url, program="restore", statement_timeout_s=store.PATIENCE_S, autocommit=True) as admin:
        store.wait_for_turn(admin)
        store.require_fit(admin, manifest.server)
        new_roles = store.create_roles(admin, manifest.roles)
        store.create_database(admin, name, manifest.owner)
        try:
            fill(folder, manifest, with_database(admin_url, name))
            yield name, tuple(new_roles)
        finally:
            store.drop_database(admin, name)


def fill(folder: Path, manifest: Manifest, url: str) -> None:
    """Restore the dump into an empty database."""
    program = find_program("pg_restore", int(manifest.server.postgresql.split(".")[0]))
    with connect(url, program="restore", statement_timeout_s=store.PATIENCE_S, autocommit=True) as connection:
        store.begin_restore(connection, manifest.server)
    run_program(program, url, *OPTIONS, f"--dbname={name_of(url)}", str(folder / DUMP))
    with connect(url, program="restore", statement_timeout_s=store.PATIENCE_S, autocommit=True) as connection:
        store.end_restore(connection)


def compare(manifest: Manifest, url: str) -> tuple[Comparison, ...]:
    """Hold every table and chunk of a restored database against the manifest."""
    with store.one_moment(url) as (connection, _):
        found = {digest.group: digest for digest in store.digest_all(connection)}
    wanted = {digest.group: digest for digest in manifest.digests}
    groups = [*wanted, *(group for group in found if group not in wanted)]
    return tuple(Comparison(group, wanted.get(group), found.get(group)) for group in groups)


def require_equal(comparisons: Sequence[Comparison]) -> None:
    """Raise DifferenceError, naming the first difference."""
    for one in comparisons:
        if not one.is_equal:
            raise DifferenceError(
                f"{one.group.table} is not what was backed up: rows or values differ"
                + (f" from {one.group.begins_at:%Y-%m-%d} on" if one.group.begins_at else "")
            )


def with_database(url: str, name: str) -> str:
    """Write the same address for another database."""
    return conninfo.make_conninfo(url, dbname=name)


def name_of(url: str) -> str:
    """Give the name of the database that a URL names."""
    return str(conninfo.conninfo_to_dict(url)["dbname"])
