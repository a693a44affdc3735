"""Devices that have become silent, and those that speak again."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.silence import watch_silence
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where something has come, and once a minute."""
    return [Wait(occasion=f"{moment.pulse.heard} {moment.minute}")]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at all devices."""
    return Done(watch_silence(connection, moment.now))


KIND = Kind("silence", 50, find, run)
