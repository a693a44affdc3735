"""What a worker does outside its event loop, each on a connection of its own: run a job, plan, note what it used."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import psycopg
import structlog

from analytics.jobs import find_kinds
from analytics.jobs.counters import Counters
from analytics.jobs.memory import give_back
from analytics.jobs.planning import plan, plan_pressing
from analytics.jobs.running import look, run_job
from analytics.jobs.settings import Settings
from analytics.tell import note_versions
from store import usage
from store.connect import connect, session_arguments
from store.inputs import Connection
from store.jobs import QueuedJob, count_waiting, note_failed

log = structlog.get_logger("analytics")
STATEMENT_TIMEOUT_S = 600.0
PROGRAM = "analyse"
METER = usage.Meter(PROGRAM)  # one process, one meter


class ElsewhereError(Exception):
    """Another session still runs this job."""


def open_connection(database_url: str) -> Connection:
    """Open a connection on which each step begins and ends its own transaction."""
    return connect(database_url, program=PROGRAM, statement_timeout_s=STATEMENT_TIMEOUT_S, autocommit=True)


def queue_arguments() -> dict[str, object]:
    """Arguments of the queue's own sessions."""
    return session_arguments(PROGRAM, 60.0)


@dataclass(slots=True)
class Office:
    """A worker's connections and counters. `on_change` is called from the job's thread when a job is done."""

    settings: Settings
    counters: Counters
    on_change: Callable[[], None]
    jobs: Connection = field(init=False)
    planning: Connection = field(init=False)
    pressing: Connection = field(init=False)

    def open(self) -> None:
        """Connect. Raises StoreError where the database cannot be used."""
        self.jobs = open_connection(self.settings.database_url)
        self.planning = open_connection(self.settings.database_url)
        self.pressing = open_connection(self.settings.database_url)
        if n_days := note_versions(self.planning):
            log.info("methods_changed", n_days=n_days)

    def close(self) -> None:
        """Let go of the connections."""
        self.jobs.close()
        self.planning.close()
        self.pressing.close()

    def run(self, kind: str, part: str, occasion: str | None) -> None:
        """Run one job of the queue. Raises ElsewhereError where it is still being run, and whatever the job raises."""
        job = QueuedJob(kind, part, occasion, find_kinds()[kind].priority)
        if self.jobs.closed:
            self.jobs = open_connection(self.settings.database_url)
        began = monotonic()
        moment = look(self.jobs, datetime.now(UTC), self.settings)
        done = run_job(self.jobs, job, moment)
        if done is None:
            self.counters.count(kind, "elsewhere", 0.0)
            raise ElsewhereError(job.lock)
        self.counters.count(kind, "done", monotonic() - began)
        self.counters.count_findings(kind, done)
        log.info("job_done", kind=kind, part=part, seconds=round(monotonic() - began, 3), report=str(done.report))
        if not done.is_idle:
            self.on_change()

    def plan(self) -> None:
        """Put what is due into the queue, say how far all is; once a minute note what was used and give memory back."""
        moment = look(self.planning, datetime.now(UTC), self.settings)
        n_new = plan(self.planning, moment)
        waiting = count_waiting(self.planning)
        self.counters.show(waiting, moment.now, moment.computed_to)
        if n_new:
            n_waiting = {kind: one.n_waiting for kind, one in waiting.items()}
            log.info("jobs_planned", n_new=n_new, waiting=n_waiting, computed_to=moment.computed_to.isoformat())
        if METER.is_due:
            note_usage(self.planning)
            give_back()

    def plan_pressing(self) -> None:
        """Put what is due and presses into the queue, and say how far all is."""
        moment = look(self.pressing, datetime.now(UTC), self.settings)
        self.counters.show(count_waiting(self.pressing), moment.now, moment.computed_to)
        if n_new := plan_pressing(self.pressing, moment):
            log.info("pressing_jobs_planned", n_new=n_new)

    def note_failure(self, job: QueuedJob, error: BaseException) -> None:
        """Count a job that failed, and write down of what, where the database can still be reached."""
        self.counters.count(job.kind, "failed", 0.0)
        try:
            with connect(self.settings.database_url, program=PROGRAM, autocommit=True) as connection:
                note_failed(connection, job, f"{type(error).__name__}: {error}"[:500])
        except (psycopg.Error, OSError):
            log.warning("database_away", reason="a failed job could not be noted")

    def cancel(self) -> None:
        """Ask the server to end the query that the job waits for."""
        with contextlib.suppress(psycopg.Error, OSError):  # it may be gone
            self.jobs.cancel_safe(timeout=2.0)


def note_usage(connection: Connection) -> None:
    """Note what this program and the database used since the last time."""
    usage.note_usage(connection, METER.take())
    usage.note_database(connection)
