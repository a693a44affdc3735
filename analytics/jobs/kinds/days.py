"""Changed days given out to the groups of KPIs, once they have ended and the delivery account is kept up to them."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.tell import give_out
from store.days import count_ended_days
from store.inputs import Connection
from store.jobs import read_told_to

N_DAYS = 366


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where such days are."""
    told_to = read_told_to(connection, "delivery")
    return [Wait()] if told_to is not None and count_ended_days(connection, told_to) else []


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Give them out; that may have months after baselines follow."""
    told_to = read_told_to(connection, "delivery")
    n_days = give_out(connection, told_to, N_DAYS) if told_to is not None else 0
    return Done(n_days, is_behind=n_days > 0, is_idle=n_days == 0)


KIND = Kind("days", 60, find, run)
