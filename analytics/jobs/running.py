"""One job run, wherever: never beside another of the same kind and part, and what it was done for noted."""

import time
from datetime import datetime

from analytics.jobs import Done, Moment, find_kinds
from analytics.jobs.settings import Settings
from store.inputs import Connection
from store.jobs import QueuedJob, note_done, read_pulse, turn


def look(connection: Connection, now: datetime, settings: Settings) -> Moment:
    """Say what is known at an instant."""
    pulse = read_pulse(connection)
    return Moment(now, pulse, settings.grace_s, settings.settle_s, settings.carrier, settings.backup_longest)


def run_job(connection: Connection, job: QueuedJob, moment: Moment) -> Done | None:
    """Run a job and note what it was done for, unless it had more to do; None where another session runs it.

    Parameters
    ----------
    connection
        Outside any transaction; the job makes its own.
    """
    kind = find_kinds()[job.kind]
    began = time.monotonic()
    with turn(connection, job.lock) as is_ours:
        if not is_ours:
            return None
        done = kind.run(connection, moment, job.part)
        noted = QueuedJob(job.kind, job.part, None if done.is_behind else job.occasion, job.priority)
        note_done(connection, noted, done.told_to, time.monotonic() - began)
    return done
