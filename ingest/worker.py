"""The writing side of a worker: takes what has come, settles it, and hands it back to be acknowledged.

It waits for nothing: what has come while the last batch was committed is the next batch.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import psycopg
import structlog

from ingest.account import Outcome
from ingest.arrival import Chunk
from ingest.backoff import Backoff
from ingest.counters import Counters
from ingest.draft import Draft
from ingest.errors import OwnershipLostError, UnusableStoreError
from ingest.intake import Intake
from ingest.reply import Reply, make_replies
from ingest.writer import Writer
from sensors.rejection import Reason
from store.connect import connect
from store.errors import UnreachableError
from store.intake import Connection, prepare_session

LOG = structlog.get_logger()
PASSING = (UnreachableError, psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
PERMANENT = (psycopg.DataError, psycopg.IntegrityError)
OURS = (psycopg.ProgrammingError, psycopg.NotSupportedError)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one batch may hold; a batch ends with the chunk that reaches either."""

    n_messages: int = 20_000
    n_bytes: int = 8_000_000


class Done(msgspec.Struct, frozen=True):
    """Messages that are settled and committed, with the receipts to publish after their acknowledgement."""

    chunks: Sequence[Chunk]
    replies: Sequence[Reply] = ()


class Worker:
    """Settles chunks from `inbox` in their order and gives each to `done` after its commit."""

    def __init__(  # noqa: PLR0913  # the parts a worker is made of, put together in one place
        self,
        database_url: str,
        intake: Intake,
        writer: Writer,
        counters: Counters,
        inbox: "queue.SimpleQueue[Chunk | None]",
        done: Callable[[Done], None],
        committed: Callable[[Outcome], None],
        limits: Limits = Limits(),
        owned: Connection | None = None,
    ) -> None:
        """Put it together; `owned` is the only connection this worker may write over: with it goes a right."""
        self._database_url = database_url
        self._intake = intake
        self._writer = writer
        self._counters = counters
        self._inbox = inbox
        self._done = done
        self._committed = committed
        self._limits = limits
        self._stop = threading.Event()
        self._connection = owned
        self._is_owner = owned is not None
        self._backoff = Backoff()
        self._chance = random.Random()

    def run(self) -> None:
        """Work until the inbox gives None, or until told to give up.

        Raises
        ------
        UnusableStoreError, store.errors.WrongAddressError
            The database cannot be used at all.
        OwnershipLostError
            The connection it was given is lost; what is not committed stays unacknowledged.
        """
        is_open = True
        while is_open and not self._stop.is_set():
            chunks, is_open = self._take()
            if not chunks or not self._prepare():
                continue
            drafts = self._intake.decode([arrival for chunk in chunks for arrival in chunk.arrivals])
            outcomes = self._settle(drafts)
            if outcomes is not None:
                self._report(chunks, outcomes)
        self._disconnect()
        self._intake.close()

    def give_up(self) -> None:
        """Stop waiting for the store: what is not committed stays unacknowledged, so the broker sends it again."""
        self._stop.set()
        connection = self._connection
        if connection is not None and not connection.closed:
            connection.cancel()

    def _take(self) -> tuple[list[Chunk], bool]:
        """Give what has come, waiting for the first chunk, and whether more may come."""
        chunks: list[Chunk] = []
        n_messages = n_bytes = 0
        item = self._inbox.get()
        while item is not None:
            chunks.append(item)
            n_messages += len(item.arrivals)
            n_bytes += item.n_bytes
            if n_messages >= self._limits.n_messages or n_bytes >= self._limits.n_bytes or self._inbox.empty():
                return chunks, True
            item = self._inbox.get()
        self._inbox.put(None)  # for the others
        return chunks, False

    def _prepare(self) -> bool:
        """Have the intake read what decoding needs, however long the store is away; false when told to give up."""
        while not self._stop.is_set():
            try:
                connection = self._connect()
                self._intake.prepare(connection, time.monotonic())
                connection.commit()
                return True
            except PASSING as error:
                self._wait(error)
            except OURS as error:
                raise UnusableStoreError(outdated(error)) from error
        return False

    def _settle(self, drafts: Sequence[Draft]) -> list[Outcome] | None:
        """Commit all messages; None when told to give up before that."""
        while not self._stop.is_set():
            try:
                return self._write(drafts)
            except PASSING as error:
                self._wait(error)
            except PERMANENT as error:
                self._rollback()
                return self._isolate(drafts, error)
            except OURS as error:
                raise UnusableStoreError(outdated(error)) from error
        return None

    def _write(self, drafts: Sequence[Draft]) -> list[Outcome]:
        connection = self._connect()
        try:
            batch = self._intake.assemble(connection, drafts, time.monotonic())
            connection.commit()  # new series stand, whatever becomes of the batch
        except psycopg.Error:
            self._intake.registry.forget_made()  # what was never committed must not be used
            raise
        outcome = self._writer.write(connection, batch)
        self._backoff = self._backoff.succeeded()
        return [outcome]

    def _isolate(self, drafts: Sequence[Draft], error: psycopg.Error) -> list[Outcome] | None:
        """Find the message that the store can never take, refuse it, and store the others."""
        if len(drafts) == 1:
            LOG.error("message_unstorable", topic=drafts[0].origin.topic, sqlstate=error.sqlstate, error=str(error))
            if drafts[0].reason is not None:
                raise error
            return self._settle([refuse(drafts[0], error)])
        half = len(drafts) // 2
        first = self._settle(drafts[:half])
        second = self._settle(drafts[half:]) if first is not None else None
        return None if first is None or second is None else first + second

    def _report(self, chunks: Sequence[Chunk], outcomes: Sequence[Outcome]) -> None:
        """Hand back what is committed: acknowledgements and receipts first, then the rest."""
        self._done(Done(chunks, [reply for outcome in outcomes for reply in make_replies(outcome)]))
        for outcome in outcomes:
            self._counters.count(outcome)
            self._committed(outcome)

    def _connect(self) -> Connection:
        if self._connection is None or self._connection.closed:
            if self._is_owner:
                raise OwnershipLostError
            self._connection = connect(self._database_url, program="ingest")
            prepare_session(self._connection)
            self._connection.commit()
        return self._connection

    def _wait(self, error: Exception) -> None:
        self._disconnect()
        now = time.monotonic()
        self._backoff = self._backoff.failed(now, self._chance)
        self._counters.retried.inc()
        LOG.warning("store_unavailable", error=str(error).strip(), n_failures=self._backoff.n_failures)
        self._stop.wait(self._backoff.remaining_s(now))

    def _rollback(self) -> None:
        if self._connection is not None and not self._connection.closed:
            self._connection.rollback()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def outdated(error: psycopg.Error) -> str:
    """Say what to do about a statement that the database does not understand."""
    return f"the database is not as this version needs it ({str(error).splitlines()[0]}): run `vigie migrate`"


def refuse(draft: Draft, error: psycopg.Error) -> Draft:
    """Give the same message as one that is refused; what was remembered of it stays remembered."""
    detail = f"the store cannot take it ({error.sqlstate})"
    return Draft(draft.arrival, draft.origin, (), Reason.WRONG_SHAPE, detail, draft.said)
