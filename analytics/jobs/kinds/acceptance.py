"""Batches of new sensors looked at, each once an hour."""

from collections.abc import Iterable

from analytics.acceptance.looking import look_at_batches
from analytics.jobs import Done, Kind, Moment, Wait
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Look once a minute whether the turn of a batch has come."""
    return [Wait(occasion=moment.minute)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at those whose turn it is."""
    return Done(look_at_batches(connection, moment.now))


KIND = Kind("acceptance", 96, find, run)
