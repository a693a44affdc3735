"""Write a backup: a dump and the counts and checksums of the same moment, whole or not at all."""

import os
import shutil
from datetime import datetime
from pathlib import Path

from deploy.backup.errors import BackupError
from deploy.backup.manifest import DUMP, Manifest, write_manifest
from deploy.backup.programs import find_program, run_program
from deploy.local.lock import open_lock, try_lock
from store import backup as store

LOCK = ".vigie-backup.lock"
PARTIAL = ".partial"


def write_backup(database_url: str, folder: Path, now: datetime) -> Path:
    """Back a database up into a new folder below this one, and give it.

    The folder gets its name when everything is in it; what a backup that was cut left behind is removed by the next.

    Raises
    ------
    BackupError
        Another backup is being written there, or the dump fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / f"vigie-{now:%Y%m%dT%H%M%SZ}"
    partial = final.with_name(final.name + PARTIAL)
    lock = open_lock(folder / LOCK)
    try:
        if not try_lock(lock):
            raise BackupError(f"another backup is being written to {folder}")
        for leftover in folder.glob(f"vigie-*{PARTIAL}"):
            shutil.rmtree(leftover)
        partial.mkdir(mode=0o700)
        fill(database_url, partial, now)
        partial.rename(final)
    finally:
        os.close(lock)
    return final


def fill(database_url: str, folder: Path, now: datetime) -> None:
    """Dump, count and sum up one moment of the database."""
    with store.one_moment(database_url) as (connection, snapshot):
        server = store.read_server(connection)
        program = find_program("pg_dump", int(server.postgresql.split(".")[0]))
        run_program(
            program,
            database_url,
            "--format=directory",
            "--jobs=2",
            "--compress=gzip:1",
            f"--snapshot={snapshot}",
            f"--file={folder / DUMP}",
        )
        manifest = Manifest(
            made_at=now,
            server=server,
            migrations=tuple(store.read_migrations(connection)),
            owner=store.read_owner(connection),
            roles=tuple(store.list_roles(connection)),
            digests=tuple(store.digest_all(connection)),
        )
    write_manifest(folder, manifest)
