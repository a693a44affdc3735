"""The account of what ought to have come: one job, since counts are followed in order."""

from collections.abc import Iterable

from analytics.delivery.account import keep_account
from analytics.jobs import Done, Kind, Moment, Wait
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where something has come or hours were computed, and once a minute for what ought to have come since."""
    return [Wait(occasion=f"{moment.pulse.heard} {moment.computed_to.isoformat()} {moment.minute}")]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Bring expectations and gaps up to date."""
    report = keep_account(connection, moment.now, moment.computed_to)
    return Done(report, report.is_behind, told_to=report.listened_to)


KIND = Kind("delivery", 30, find, run)
