"""What came of a backup or a drill, noted in the store, where whoever watches the platform reads it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import structlog

from deploy.backup.errors import BackupError, DifferenceError, OldBackupError
from deploy.local.errors import LocalError
from deploy.local.services import find_services
from store.backup_runs import BackupRun, Fault, note_run
from store.connect import connect
from store.errors import StoreError

# What ends a backup or a drill without being a fault of ours: dump and restore, servers, database, disk.
FAILURES = (BackupError, LocalError, StoreError, psycopg.Error, OSError)
LOG = structlog.get_logger()


def fault_of(error: Exception) -> Fault:
    """Give what the store calls it."""
    if isinstance(error, DifferenceError):
        return "different"
    return "too_old" if isinstance(error, OldBackupError) else "failed"


def find_store() -> str | None:
    """Give the database that VIGIE_DATABASE_URL names, else the embedded one where it runs; nothing is started."""
    if url := os.environ.get("VIGIE_DATABASE_URL"):
        return url
    services = find_services()
    return services.database_url if services else None


def note(database_url: str | None, run: BackupRun) -> bool:
    """Note what came of it, and say whether that could be; a store that is away is logged and hinders nothing."""
    if database_url is None:
        LOG.warning("backup_not_noted", action=run.action, reason="no store runs here")
        return False
    try:
        with connect(database_url, program="backup", autocommit=True) as connection:
            note_run(connection, run)
    except (StoreError, psycopg.Error) as error:
        LOG.warning("backup_not_noted", action=run.action, reason=str(error).strip())
        return False
    return True


@contextmanager
def noting_failure(database_url: str) -> Iterator[None]:
    """Note a backup that fails meanwhile; the error goes on."""
    try:
        yield
    except FAILURES as error:
        note(database_url, BackupRun("backup", datetime.now(UTC), fault=fault_of(error), detail=str(error)))
        raise
