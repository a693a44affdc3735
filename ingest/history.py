"""Writes down how sessions came and went, so that later a gap can be told from an outage of ours or of a broker's."""

import time
from collections.abc import Iterable
from datetime import timedelta

from ingest.client import DroppedCount
from ingest.health import Health
from ingest.source import OWN
from store.intake import Connection
from store.sessions import STORE, ChangeRow, note_gone, write_changes, write_drops

DROPS_PERIOD = timedelta(seconds=15)  # brokers tell every 10 s


class History:
    """What is not written down yet, of one worker: nothing is given up while the store is away."""

    def __init__(self, worker: str, dropped: DroppedCount | None = None) -> None:
        self._worker = worker
        self._dropped = dropped
        self._n_dropped: int | None = None
        self._store_changes: list[ChangeRow] = []

    def lose_store(self, error: str) -> None:
        """Note that the store cannot be reached; again and again is once."""
        if not self._store_changes:
            self._store_changes.append(ChangeRow(STORE, self._worker, time.time_ns() // 1000, False, None, error))

    def write(self, connection: Connection, healths: Iterable[tuple[str, str, Health]]) -> None:
        """Write what has changed, by source and session. Call it before the sessions' new states are written."""
        if self._store_changes:
            back = ChangeRow(STORE, self._worker, time.time_ns() // 1000, True)
            write_changes(connection, [*self._store_changes, back])
            self._store_changes.clear()
        for source, session, health in healths:
            write_health(connection, source, session, health)
        self._write_drops(connection)

    def _write_drops(self, connection: Connection) -> None:
        total = None if self._dropped is None else self._dropped.total
        if total is None or total == self._n_dropped:
            return
        write_drops(connection, OWN, total, DROPS_PERIOD, is_first=self._n_dropped is None)
        self._n_dropped = total


def write_health(connection: Connection, source: str, session: str, health: Health) -> None:
    """Write the changes of one session; they are kept until they are written."""
    if not health.is_noted:
        note_gone(connection, source, session, health.began_at)
        health.is_noted = True
    if changes := list(health.changes):
        rows = [ChangeRow(source, session, change.at_us, *change[1:]) for change in changes]
        write_changes(connection, rows)
        for _ in changes:
            health.changes.popleft()
