"""Days whose KPIs are to be told (anew): noted as changed, given out to groups of KPIs once ended, taken by each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import ChangedDay, Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class TakenDays:
    """Days taken by a group: how many in all, and those whose KPIs are not final."""

    n: int
    days: tuple[ChangedDay, ...]


def count_ended_days(connection: Connection, told_to: datetime) -> int:
    """Count the changed days that ended by an instant and are not given out yet."""
    row = connection.execute(QUERIES["count_ended_days"], {"told_to": told_to}).fetchone()
    return int(row[0]) if row else 0


def give_out_days(connection: Connection, told_to: datetime, groups: Sequence[str], n_days: int) -> list[ChangedDay]:
    """Give at most so many ended days to each group of KPIs, the oldest first, in the caller's transaction."""
    parameters = {"told_to": told_to, "groups": list(groups), "n_days": n_days}
    return [ChangedDay(*row) for row in connection.execute(QUERIES["give_out_days"], parameters)]


def find_waiting_groups(connection: Connection, last: str) -> list[tuple[int, str]]:
    """Give the territories and groups with days to tell; the group `last` only where no other of its territory has."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(QUERIES["find_waiting_groups"], {"last": last})]


def take_group_days(connection: Connection, territory_id: int, group: str, last: str, n_days: int) -> TakenDays:
    """Take a group's oldest days; they are gone when the caller's transaction commits.

    The group `last` takes none while another has days to tell. Days of periods whose inputs retention has dropped are
    taken and not given: those KPIs are final.
    """
    parameters = {"territory_id": territory_id, "group": group, "last": last, "n_days": n_days}
    rows = connection.execute(QUERIES["take_group_days"], parameters).fetchall()
    return TakenDays(len(rows), tuple(ChangedDay(*row[:5]) for row in rows if not row[5]))
