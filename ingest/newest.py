"""Keeps `last_values` current about once a second, in a thread and over a connection of its own."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import psycopg
import structlog

from ingest.account import Outcome
from store.connect import connect
from store.errors import UnreachableError
from store.intake import Connection, Floats, Ints, Times
from store.newest import rebuild_newest, upsert_newest

LOG = structlog.get_logger()
PERIOD_S = 1.0
MAX_WAITING = 10_000  # batches; what is dropped beyond them is rebuilt when the store is back
PASSING = (UnreachableError, psycopg.OperationalError, psycopg.InterfaceError)


class Newest(NamedTuple):
    """Values in columns, each with the batch that wrote it."""

    series_ids: Ints
    times_us: Times
    values: Floats
    batch_ids: Ints


class NewestWriter:
    """Collects what was committed and writes the newest of each series."""

    def __init__(self, database_url: str, workers: Sequence[str]) -> None:
        self._database_url = database_url
        self._workers = workers
        self._waiting: deque[Newest] = deque()
        self._closing = threading.Event()
        self._connection: Connection | None = None
        self._is_stale = True  # an earlier run of these workers may have left some out

    def add(self, outcome: Outcome) -> None:
        """Take a committed batch; never waits."""
        if len(self._waiting) >= MAX_WAITING:
            self._is_stale = True
        elif outcome.n_stored:
            self._waiting.append(newest_of(outcome))

    def close(self) -> None:
        """Let `run` write what there is and return."""
        self._closing.set()

    def run(self) -> None:
        """Write until closed. While the store is away, it tries again each second."""
        is_last = False
        while not is_last:
            is_last = self._closing.wait(PERIOD_S)
            try:
                self._connection = self._connection or connect(self._database_url, program="ingest newest")
                self._write(self._connection)
            except PASSING as error:
                LOG.warning("newest_values_late", error=str(error))
                self._disconnect()
            except psycopg.Error:
                self._disconnect()
                raise
        self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, connection: Connection) -> None:
        if self._is_stale:
            rebuild_newest(connection, self._workers)
            self._is_stale = False
        taken = [self._waiting[index] for index in range(len(self._waiting))]
        if taken:
            upsert_newest(connection, *find_newest(taken))
        for _ in taken:
            self._waiting.popleft()


def newest_of(outcome: Outcome) -> Newest:
    """Give the newest stored value of each series of a committed batch."""
    rows, kept = outcome.batch.rows, outcome.is_stored
    batch_ids = np.full(int(kept.sum()), outcome.batch_id, dtype=np.int32)
    return find_newest([Newest(rows.series_ids[kept], rows.times_us[kept], rows.values[kept], batch_ids)])


def find_newest(parts: list[Newest]) -> Newest:
    """Give the newest value of each series; of two at one instant the one that came last."""
    series_ids, times_us, values, batch_ids = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((times_us, series_ids))
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = series_ids[order][1:] != series_ids[order][:-1]
    chosen = order[is_last]
    return Newest(series_ids[chosen], times_us[chosen], values[chosen], batch_ids[chosen])
