"""Clocks of devices judged."""

from collections.abc import Iterable

from analytics.clock.job import watch_clocks
from analytics.jobs import Done, Kind, Moment, Wait
from store.inputs import Connection

N_BATCHES = 20


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where something has come, and once a minute; each clock is looked at about every ten."""
    return [Wait(occasion=f"{moment.pulse.heard} {moment.minute}")]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Judge those whose turn it is."""
    return Done(watch_clocks(connection, moment.now, N_BATCHES))


KIND = Kind("clocks", 80, find, run)
