"""KPIs of the days that changed, by territory and group of KPIs; those that rest on others once these are told."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.tell import LAST_GROUP, tell_group
from store.days import find_waiting_groups
from store.inputs import Connection
from store.jobs import read_told_to


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where a group has days to tell."""
    return [Wait(f"{territory_id}.{group}") for territory_id, group in find_waiting_groups(connection, LAST_GROUP)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Tell a group's oldest days: no period that ends after what the delivery account says."""
    territory_id, group = part.split(".", 1)
    told_to = read_told_to(connection, "delivery") or moment.computed_to
    return Done(tell_group(connection, int(territory_id), group, told_to), is_behind=True)


KIND = Kind("kpis", 61, find, run)
