"""What came of backups and drills: noted by the commands, read by whoever watches the platform."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
LONGEST = timedelta(hours=26)  # a backup and a drill every night, with two hours for both
Connection = psycopg.Connection[tuple[Any, ...]]
Action = Literal["backup", "drill"]
Fault = Literal["failed", "different", "too_old"]


@dataclass(frozen=True, slots=True)
class BackupRun:
    """A backup or a drill that ended; `fault` None: well. `backup` is the folder's name, `made_at` what it holds."""

    action: Action
    ended_at: datetime
    backup: str | None = None
    made_at: datetime | None = None
    n_compared: int = 0
    n_different: int = 0
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BackupStanding:
    """How backups stand; what never was is None.

    Attributes
    ----------
    first_at
        When the first backup or drill of all ended.
    backed_up_at
        When the last backup was written.
    drilled_at, made_at
        When a backup last came back whole on trial, and the moment that it holds.
    failing_since, action, fault, detail
        The first failure since: of a drill since the last that found nothing, of a backup since the last that was
        written or came back; and what the newest failure was.
    """

    first_at: datetime | None = None
    backed_up_at: datetime | None = None
    drilled_at: datetime | None = None
    made_at: datetime | None = None
    failing_since: datetime | None = None
    action: Action | None = None
    fault: Fault | None = None
    detail: str = ""

    @property
    def waits_since(self) -> datetime | None:
        """Since when a drill that finds nothing is waited for; None where nobody ever backed up."""
        return self.drilled_at or self.first_at

    def is_overdue(self, now: datetime, longest: timedelta = LONGEST) -> bool:
        """Say whether no backup came back whole for longer than this; not where nobody ever backed up."""
        return self.waits_since is not None and now - self.waits_since > longest


def note_run(connection: Connection, run: BackupRun) -> None:
    """Note what came of a backup or a drill."""
    fields = ("action", "ended_at", "backup", "made_at", "n_compared", "n_different", "fault", "detail")
    connection.execute(QUERIES["note_run"], {name: getattr(run, name) for name in fields})


def read_standing(connection: Connection) -> BackupStanding:
    """Say how backups stand. Raises psycopg.errors.UndefinedTable where the database is not migrated."""
    row = connection.execute(QUERIES["read_standing"]).fetchone()
    return BackupStanding() if row is None else BackupStanding(*row)


def read_standing_if_allowed(connection: Connection) -> BackupStanding | None:
    """Do the same; None where there is no such table for us."""
    may_ask = connection.execute(QUERIES["has_runs"]).fetchone()
    return read_standing(connection) if may_ask and may_ask[0] else None
