"""The delivery log folded into the ledger."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from store import ledger
from store.inputs import Connection
from store.jobs import has_deliveries


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where the log holds anything."""
    return [Wait()] if has_deliveries(connection) else []


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Fold all of it."""
    return Done(ledger.fold(connection))


KIND = Kind("fold", 10, find, run)
