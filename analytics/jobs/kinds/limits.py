"""Limits of what presses, when a value arrives."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.limits import LimitReport, watch_limits
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where something has come."""
    return [Wait(occasion=moment.pulse.heard)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at all newest values."""
    report = watch_limits(connection, moment.now)
    return Done(report, is_idle=report == LimitReport())


KIND = Kind("limits", 45, find, run, is_pressing=True)
