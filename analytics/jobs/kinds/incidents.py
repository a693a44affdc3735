"""Findings put under their causes, and incidents brought up to date."""

from collections.abc import Iterable

from analytics.incidents.job import AHEAD, keep_incidents
from analytics.jobs import Done, Kind, Moment, Wait
from store.incidents import has_free
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where a finding has no incident; where something has come, and once a minute, for those that changed."""
    is_free = has_free(connection, moment.now + AHEAD)
    return [Wait() if is_free else Wait(occasion=f"{moment.pulse.heard} {moment.minute}")]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at all territories that nobody else looks at."""
    report = keep_incidents(connection, moment.now)
    return Done(report, is_idle=report.n_joined + report.n_changed == 0)


KIND = Kind("incidents", 95, find, run)
