"""The history of sessions with brokers and with the store, and of what brokers say they dropped; appended on change."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from store.intake import Connection, instant
from store.sql import load_queries

QUERIES = load_queries(__file__)
STORE = "*"  # stands for the source where the session is a worker's own with the store


class ChangeRow(NamedTuple):
    """A session came or went at an instant [us since 1970 UTC]; `is_kept`: the broker still had it, None: not asked."""

    source: str
    session: str
    changed_at_us: int
    is_connected: bool
    is_kept: bool | None = None
    cause: str = ""


def note_gone(connection: Connection, source: str, session: str, began_at: datetime) -> None:
    """Note that whoever spoke for a session before `began_at` has gone without a word, if it stood then."""
    connection.execute(QUERIES["note_gone"], {"source": source, "session": session, "began_at": began_at})


def write_changes(connection: Connection, changes: Iterable[ChangeRow]) -> None:
    """Append changes; one that is there already is left."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["write_change"],
            [
                {
                    "source": change.source,
                    "session": change.session,
                    "changed_at": instant(change.changed_at_us),
                    "is_connected": change.is_connected,
                    "is_kept": change.is_kept,
                    "cause": change.cause,
                }
                for change in changes
            ],
        )


def write_drops(connection: Connection, source: str, total: int, period: timedelta, *, is_first: bool) -> None:
    """Note the broker's own count of all messages it dropped, as told within the last `period`, where it has changed.

    `is_first`: the worker did not listen before.
    """
    parameters = {"source": source, "total": total, "period": period, "is_first": is_first}
    connection.execute(QUERIES["write_drops"], parameters)
