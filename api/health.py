"""How all programs fare, looked at no more than once in a few seconds however often somebody asks."""

import asyncio
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from psycopg import OperationalError
from psycopg.errors import UndefinedTable
from psycopg_pool import PoolTimeout

from store.backup_runs import BackupStanding, read_standing_if_allowed
from store.connect import connect
from store.errors import OutdatedSchemaError, StoreError
from store.listing import list_territories
from store.program_health import Cause, find_causes, read_facts, read_schema_causes
from store.reader import Pool, limited

PATIENCE_S = 3.0
KEPT_S = 5.0
LEAST_FREE = 0.05  # of a disk
NOT_MIGRATED = Cause(
    "database",
    "not_migrated",
    "La base n’est pas migrée : lancez `vigie migrate`.",
    "The database is not migrated: run `vigie migrate`.",
)
AWAY = Cause("database", "away", "La base ne répond pas.", "The database does not answer.")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; `can_answer` says whether the API itself can do its work. `backups` is None where unknown."""

    can_answer: bool
    causes: tuple[Cause, ...]
    backups: BackupStanding | None = None


class Watch:
    """Looks, and remembers what it saw for a moment. `folder` is where ordered files are written."""

    def __init__(self, pool: Pool, database_url: str, folder: Path) -> None:
        self._pool, self._database_url, self._folder = pool, database_url, folder
        self._lock = asyncio.Lock()
        self._seen: tuple[Report, float] | None = None

    async def look(self) -> Report:
        """Give what was seen a moment ago, else look again."""
        async with self._lock:
            if self._seen and time.monotonic() < self._seen[1]:
                return self._seen[0]
            trouble = await find_trouble(self._pool)
            if trouble:
                report = Report(can_answer=False, causes=(trouble,))
            else:
                report = await asyncio.to_thread(self._ask)
            self._seen = report, time.monotonic() + KEPT_S
            return report

    def _ask(self) -> Report:
        try:
            with connect(self._database_url, program="api health", autocommit=True) as connection:
                facts = read_facts(connection)
                causes = [*read_schema_causes(connection), *find_causes(facts)]
                backups = read_standing_if_allowed(connection)
        except (StoreError, OperationalError):
            return Report(can_answer=True, causes=(AWAY,))
        folders = [find_standing(self._folder), *([Path(facts.data_directory)] if facts.data_directory else [])]
        full = (cause for folder in folders if (cause := find_full(folder)))
        return Report(can_answer=True, causes=(*causes, *full), backups=backups)


async def find_trouble(pool: Pool) -> Cause | None:
    """Try to read as any request would, and give what hinders it."""
    try:
        async with asyncio.timeout(PATIENCE_S), limited(pool, ()) as connection:
            await list_territories(connection, after=0, n=1)
            return None
    except (UndefinedTable, OutdatedSchemaError):
        return NOT_MIGRATED
    except (OperationalError, PoolTimeout, TimeoutError):
        return AWAY


def find_standing(folder: Path) -> Path:
    """Give a folder, or the nearest above it that is there already."""
    return next((place for place in (folder, *folder.parents) if place.exists()), folder)


def find_full(folder: Path, least_free: float = LEAST_FREE) -> Cause | None:
    """Say that the disk of a folder is nearly full; nothing of a folder that we do not see."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    free = usage.free / usage.total
    if free >= least_free:
        return None
    percent = round(100 * free)
    return Cause(
        "api",
        "disk",
        f"Le disque de {folder} est presque plein : {percent} % libres.",
        f"The disk of {folder} is nearly full: {percent} % free.",
    )
