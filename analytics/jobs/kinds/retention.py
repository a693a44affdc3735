"""Retention, once a day."""

from collections.abc import Iterable

import structlog

from analytics.jobs import Done, Kind, Moment, Wait
from store import retention
from store.inputs import Connection

log = structlog.get_logger("analytics")


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Look each hour whether a day has passed."""
    return [Wait(occasion=moment.now.strftime("%Y-%m-%dT%HZ"))]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """End what has outlived its class."""
    endings = retention.run_daily(connection, moment.now) or []
    for ending in endings:
        log_ending(ending)
    return Done(len(endings))


def log_ending(ending: retention.Ending) -> None:
    """Say what retention has ended, or held back."""
    log.info(
        "retention",
        level=ending.level,
        retention_class=ending.retention_class,
        begins_at=ending.begins_at.isoformat(),
        ends_at=ending.ends_at.isoformat(),
        n_rows=ending.n_rows,
        held=ending.held,
    )


KIND = Kind("retention", 100, find, run)
