"""Thresholds moved by verdicts within the alarm budget, once in each territory's civil day."""

from collections.abc import Iterable

from analytics.feedback.job import move_thresholds
from analytics.jobs import Done, Kind, Moment, Wait
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Look each hour whether a day has begun somewhere."""
    return [Wait(occasion=moment.now.strftime("%Y-%m-%dT%HZ"))]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at the territories whose day was not looked at yet."""
    return Done(move_thresholds(connection, moment.now))


KIND = Kind("feedback", 94, find, run)
