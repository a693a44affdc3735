"""Health of assets, territory by territory, once in each civil day."""

from collections.abc import Iterable

from analytics.health.job import find_days, tell_health
from analytics.jobs import Done, Kind, Moment, Wait
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where a day has begun."""
    return [Wait(str(territory_id), day) for territory_id, day in find_days(connection, moment.now)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Tell the health of one territory's assets."""
    return Done(tell_health(connection, int(part), moment.now))


KIND = Kind("health", 96, find, run)
