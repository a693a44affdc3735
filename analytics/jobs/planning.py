"""What is due: every kind is asked what waits, and what it was last done for is left out."""

from collections.abc import Iterator

from analytics.jobs import Kind, Moment, find_kinds
from store.inputs import Connection
from store.jobs import QueuedJob, defer_jobs, lock_planning, lock_pressing, read_occasions, retry_stalled

STALE_S = 10.0  # a worker that was not heard of for so long is taken for dead


def plan(connection: Connection, moment: Moment) -> int:
    """Put what is due into the queue, and what dead workers held back into it; give how many jobs are new.

    What presses is left to `plan_pressing`.
    """
    with connection.transaction():
        lock_planning(connection)
        retry_stalled(connection, STALE_S)
        kinds = [kind for kind in find_kinds().values() if not kind.is_pressing]
        return defer_jobs(connection, [job for kind in kinds for job in find_due(connection, kind, moment)])


def plan_pressing(connection: Connection, moment: Moment) -> int:
    """Put what presses into the queue, never kept waiting by who asks all other kinds; give how many jobs are new."""
    with connection.transaction():
        lock_pressing(connection)
        kinds = [kind for kind in find_kinds().values() if kind.is_pressing]
        return defer_jobs(connection, [job for kind in kinds for job in find_due(connection, kind, moment)])


def find_due(connection: Connection, kind: Kind, moment: Moment) -> Iterator[QueuedJob]:
    """Give the jobs of a kind that are due."""
    done_for = read_occasions(connection, kind.name)
    for wait in kind.find(connection, moment):
        if wait.occasion is None or done_for.get(wait.part) != wait.occasion:
            yield QueuedJob(kind.name, wait.part, wait.occasion, kind.priority)
