"""Incidents that go on told to whom the rules name, and to the next of the rota where nobody answers."""

from collections.abc import Iterable

from analytics.alert.raising import raise_alerts
from analytics.jobs import Done, Kind, Moment, Wait
from store.alerts import find_occasion
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where an incident has changed, and once a minute for what is to be escalated."""
    return [Wait(occasion=f"{find_occasion(connection)} {moment.minute}")]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at all incidents that go on."""
    report = raise_alerts(connection, moment.now)
    return Done(report, is_idle=report.n_messages == 0)


KIND = Kind("alerts", 96, find, run, is_pressing=True)
