"""Rollups of closed and of changed hours: one job, since each step begins where the one before ended."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from analytics.jobs import Done, Kind, Moment, Wait
from store import rollup
from store.inputs import Connection

log = structlog.get_logger("analytics")
N_STEPS = 30  # days of rollups computed in one job: what rests on them is not to wait for all of a back-fill


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where hours are over, or were changed."""
    return [Wait()] if rollup.has_work(connection, moment.now, moment.grace_s) else []


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Close and compute the oldest hours."""
    report = rollup.refresh(
        connection,
        rollup.find_front(connection, moment.now),
        grace_s=moment.grace_s,
        settle_s=moment.settle_s,
        n_steps=N_STEPS,
        on_progress=log_progress,
    )
    is_behind = report.n_closed > 0 and report.computed_to < report.closed_to
    is_idle = report.n_closed + report.n_changed == 0  # writers are still waited for
    return Done(report, is_behind, is_idle, report.computed_to)


def log_progress(computed_to: datetime, goal: datetime) -> None:
    """Say how far a long refresh is."""
    log.info("rollup_step", computed_to=computed_to.isoformat(), goal=goal.isoformat())


KIND = Kind("rollup", 20, find, run)
