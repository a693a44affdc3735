"""The platform's own trouble, every five minutes."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.limits import LimitReport
from analytics.platform_watch import watch_platform
from store.inputs import Connection

PAUSE_S = 300


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait for the next five minutes."""
    return [Wait(occasion=str(int(moment.now.timestamp()) // PAUSE_S))]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Look at ingest, quarantine, figures and backups."""
    report = watch_platform(connection, moment.now, moment.backup_longest)
    return Done(report, is_idle=report == LimitReport())


KIND = Kind("platform", 94, find, run)
