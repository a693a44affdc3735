"""The desk: takes posts straight into a worker of its own, without a broker, and answers after the commit.

Posts that come while a batch is committed are the next batch, as with messages from a broker. The bounds on what is
unfinished take the place of the broker's window: beyond them posts are turned away, never held in memory.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TypeVar, cast

import psycopg
import structlog

from ingest.account import Outcome
from ingest.arrival import Arrival, Chunk
from ingest.counters import Counters
from ingest.errors import IngestError
from ingest.newest import NewestWriter
from ingest.posted import PostIntake, make_arrival, tell
from ingest.registry import Registry
from ingest.worker import Done, Worker
from ingest.writer import Writer
from sensors.posting import Post, PostOutcome, UndeliveredError
from store.errors import StoreError

LOG = structlog.get_logger()
WINDOW_N = 20_000
WINDOW_BYTES = 64_000_000
SETTLE_S = GOODBYE_S = 0.5  # the server has let its requests finish before

Answer = Future[Sequence[PostOutcome]]
Part = TypeVar("Part")


class Ticket(Chunk, frozen=True, kw_only=True):
    """The posts of one request, and who waits for their outcome."""

    answer: Answer


class PostWorker(Worker):
    """A worker that answers each ticket instead of acknowledging to a broker."""

    def run(self) -> None:
        """Work as any worker; where it ends with an error the program goes on, so nothing may stay open."""
        try:
            super().run()
        finally:
            self._disconnect()

    def _report(self, chunks: Sequence[Chunk], outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._counters.count(outcome)
            self._committed(outcome)
        told = iter(tell((arrival for chunk in chunks for arrival in chunk.arrivals), outcomes))
        self._done(Done(chunks))  # first, so that whoever is told finds room for the next
        for ticket in cast("Sequence[Ticket]", chunks):
            results = [next(told) for _ in ticket.arrivals]
            with suppress(InvalidStateError):  # the desk was closed meanwhile and has told them that nothing is known
                ticket.answer.set_result(results)


class PostDesk:
    """Settles posts with a worker named `worker`, which no other running worker may be called.

    Threads and connections are made at the first post, so that an API that only reads has none.
    """

    def __init__(
        self, database_url: str, worker: str, window_n: int = WINDOW_N, window_bytes: int = WINDOW_BYTES
    ) -> None:
        self.counters = Counters()
        self._database_url, self._name = database_url, worker
        self._window_n, self._window_bytes = window_n, window_bytes
        self._lock = threading.Lock()
        self._tickets: dict[int, Ticket] = {}
        self._n_messages = self._n_bytes = 0
        self._stamp_us = 0
        self._is_closed = False
        self._inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        self._worker: PostWorker | None = None
        self._newest = NewestWriter(database_url, [worker])
        self._threads: dict[str, threading.Thread] = {}

    def deliver(self, posts: Sequence[Post]) -> Answer:
        """Give the outcomes once they are committed.

        Raises
        ------
        UndeliveredError
            Too much is unfinished, or the desk is closed.
        """
        n_bytes = sum(len(post.payload) for post in posts)
        with self._lock:
            if self._is_closed:
                raise UndeliveredError("the program is ending")
            if self._n_messages + len(posts) > self._window_n or self._n_bytes + n_bytes > self._window_bytes:
                raise UndeliveredError("too many messages are waiting for the database")
            self._ensure_running()
            arrivals: list[Arrival] = [make_arrival(post, self._stamp()) for post in posts]
            ticket = Ticket(0, arrivals, n_bytes, answer=Future())
            ticket.answer.set_running_or_notify_cancel()  # whoever gives up waiting cancels nothing
            self._tickets[id(ticket)] = ticket
            self._count(len(posts), n_bytes)
            self._inbox.put(ticket)
        return ticket.answer

    def close(self) -> None:
        """Settle what was taken; after a moment give up, and say so to whoever waits."""
        with self._lock:
            self._is_closed = True
            worker = self._worker
            self._inbox.put(None)
        if worker is not None:
            self._threads["desk"].join(SETTLE_S)
            worker.give_up()
            self._threads["desk"].join(GOODBYE_S)
        self._newest.close()
        if "newest" in self._threads:
            self._threads["newest"].join(GOODBYE_S)
        self._fail("the program is ending")

    def _ensure_running(self) -> None:
        """Start what does not run: at the first post, and after an error that somebody may have mended since."""
        if self._worker is None:
            self._inbox = queue.SimpleQueue()
            self._worker = self._make_worker()
            self._start("desk", self._work, self._worker)
        if "newest" not in self._threads or not self._threads["newest"].is_alive():
            self._newest = NewestWriter(self._database_url, [self._name])
            self._start("newest", self._keep_newest, self._newest)

    def _make_worker(self) -> PostWorker:
        return PostWorker(
            self._database_url,
            PostIntake(Registry()),
            Writer(self._name, time.monotonic),
            self.counters,
            self._inbox,
            self._settled,
            lambda outcome: self._newest.add(outcome),
        )

    def _start(self, name: str, target: Callable[[Part], None], part: Part) -> None:
        """Start a thread. The program does not wait for it: what is not committed was not answered either."""
        self._threads[name] = threading.Thread(target=target, args=(part,), name=name, daemon=True)
        self._threads[name].start()

    def _work(self, worker: PostWorker) -> None:
        """Run the worker. Where it can be of no use, everybody who waits is told."""
        sentence = "this is a fault of Vigie, kept in its log"
        try:
            worker.run()
            sentence = "the program is ending"
        except (IngestError, StoreError, psycopg.Error) as error:
            sentence = str(error).strip()
            LOG.error("desk_failed", error=sentence)  # noqa: TRY400  # the sentence says what to mend
        finally:
            self._fail(sentence)

    def _keep_newest(self, newest: NewestWriter) -> None:
        """Keep the newest values; they are rebuilt by the next one where this one fails."""
        try:
            newest.run()
        except psycopg.Error as error:
            LOG.error("newest_values_failed", error=str(error).strip())  # noqa: TRY400  # derived, and rebuilt

    def _settled(self, done: Done) -> None:
        with self._lock:
            for ticket in cast("Sequence[Ticket]", done.chunks):
                if self._tickets.pop(id(ticket), None) is not None:
                    self._count(-len(ticket.arrivals), -ticket.n_bytes)

    def _fail(self, sentence: str) -> None:
        with self._lock:
            self._worker = None
            tickets = list(self._tickets.values())
            self._tickets.clear()
            self._n_messages = self._n_bytes = 0
        for ticket in tickets:
            with suppress(InvalidStateError):  # settled at the last moment
                ticket.answer.set_exception(UndeliveredError(sentence))

    def _count(self, n_messages: int, n_bytes: int) -> None:
        self._n_messages += n_messages
        self._n_bytes += n_bytes
        self.counters.received.inc(max(n_messages, 0))
        self.counters.unfinished.set(self._n_messages)

    def _stamp(self) -> int:
        """Give the present in microseconds since 1970 UTC, later than any stamp given before."""
        self._stamp_us = max(time.time_ns() // 1000, self._stamp_us + 1)
        return self._stamp_us
