"""Jobs of analytics: what each was last done for, the queue that all hosts share, and how far they are.

The queue is procrastinate's: its worker takes jobs, its functions in the database are called here where a job must be
given out together with what was read to decide it.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from psycopg.pq import TransactionStatus

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job to be given out; of two that wait, that of higher priority is taken first."""

    kind: str
    part: str
    occasion: str | None
    priority: int

    @property
    def lock(self) -> str:
        """What no two jobs that wait or run at once have in common."""
        return f"{self.kind}:{self.part}"


@dataclass(frozen=True, slots=True)
class Pulse:
    """Up to when rollups are computed, and a text that differs whenever something has come."""

    computed_to: datetime
    heard: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many jobs of a kind wait in the queue and how many run, on all hosts."""

    n_waiting: int
    n_running: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A kind of job on all hosts together: runs done and failed ever, jobs waiting and running now, seconds worked."""

    kind: str
    n_done: int
    n_waiting: int
    n_running: int
    n_failed: int
    seconds: float
    done_at: datetime | None
    last_error: str | None


def read_pulse(connection: Connection) -> Pulse:
    """Read what jobs look at to know whether anything has changed. Raises LookupError in an empty schema."""
    row = connection.execute(QUERIES["read_pulse"]).fetchone()
    if row is None or row[0] is None:
        raise LookupError("rollup_watermarks holds no row 'hourly': run `vigie migrate`")
    return Pulse(row[0], row[1])


def has_deliveries(connection: Connection) -> bool:
    """Say whether the delivery log holds anything to be folded."""
    row = connection.execute(QUERIES["has_deliveries"]).fetchone()
    return bool(row and row[0])


def read_blocks(connection: Connection, size: int) -> list[tuple[int, str]]:
    """Give each block of so many consecutive series, with a text that differs once a newer value has come."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(QUERIES["read_blocks"], {"size": size})]


def read_asset_types(connection: Connection) -> dict[int, frozenset[str]]:
    """Give the types of the assets of every territory, by its number."""
    return {int(row[0]): frozenset(row[1]) for row in connection.execute(QUERIES["read_asset_types"])}


def read_occasions(connection: Connection, kind: str) -> dict[str, str]:
    """Give what each part of a kind was last done for."""
    return {str(row[0]): str(row[1]) for row in connection.execute(QUERIES["read_occasions"], {"kind": kind})}


def read_told_to(connection: Connection, kind: str, part: str = "") -> datetime | None:
    """Give the instant of data time up to which a job says it has done its work."""
    row = connection.execute(QUERIES["read_told_to"], {"kind": kind, "part": part}).fetchone()
    told_to: datetime | None = row[0] if row else None
    return told_to


def note_done(connection: Connection, job: QueuedJob, told_to: datetime | None, seconds: float) -> None:
    """Note what a job was done for and how long [s] it took; without an occasion it stays due."""
    connection.execute(QUERIES["note_done"], {**names_of(job), "told_to": told_to, "seconds": seconds})


def note_failed(connection: Connection, job: QueuedJob, error: str) -> None:
    """Note that a job failed, and of what."""
    connection.execute(QUERIES["note_failed"], {**names_of(job), "error": error})


def names_of(job: QueuedJob) -> dict[str, str | None]:
    """Name a job's fields as the queries do."""
    return {"kind": job.kind, "part": job.part, "occasion": job.occasion}


@contextmanager
def turn(connection: Connection, lock: str) -> Iterator[bool]:
    """Hold a lock of this session while in use; False where another session holds it.

    It ends with the session: a worker that was killed holds it until the server has rolled back what it did.
    """
    row = connection.execute(QUERIES["take_turn"], {"lock": lock}).fetchone()
    is_ours = bool(row and row[0])
    try:
        yield is_ours
    finally:
        if is_ours and connection.info.transaction_status == TransactionStatus.IDLE:
            connection.execute(QUERIES["give_turn"], {"lock": lock})


def lock_planning(connection: Connection) -> None:
    """Wait until no other worker plans; held to the end of the transaction."""
    connection.execute(QUERIES["lock_planning"])


def lock_pressing(connection: Connection) -> None:
    """Wait until no other worker plans what presses; held to the end of the transaction."""
    connection.execute(QUERIES["lock_pressing"])


def retry_stalled(connection: Connection, stale_s: float) -> int:
    """Have jobs wait again whose worker has not been heard of for so long [s], and give how many."""
    return len(connection.execute(QUERIES["retry_stalled"], {"stale_s": stale_s}).fetchall())


def defer_jobs(connection: Connection, jobs: Iterable[QueuedJob]) -> int:
    """Put jobs into the queue that neither wait nor run already, and give how many."""
    rows = [
        {**names_of(job), "priority": job.priority, "lock": job.lock, "place": place} for place, job in enumerate(jobs)
    ]
    row = connection.execute(QUERIES["defer_jobs"], {"jobs": json.dumps(rows)}).fetchone() if rows else None
    return int(row[0]) if row else 0


def count_waiting(connection: Connection) -> dict[str, Waiting]:
    """Count the jobs that wait and run, by kind."""
    return {str(row[0]): Waiting(row[1], row[2]) for row in connection.execute(QUERIES["count_waiting"])}


def read_progress(connection: Connection) -> list[Progress]:
    """Read how far jobs are, by kind in order of name."""
    return [Progress(*row) for row in connection.execute(QUERIES["read_progress"])]


def count_workers(connection: Connection, stale_s: float) -> int:
    """Count the workers heard of within so many seconds, on all hosts."""
    row = connection.execute(QUERIES["count_workers"], {"stale_s": stale_s}).fetchone()
    return int(row[0]) if row else 0
