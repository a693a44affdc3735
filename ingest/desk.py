"""The desk: takes posts straight into a worker of its own, without a broker, and answers after the commit.

Posts that come while a batch is committed are the next batch, as with messages from a broker. The bounds on what is
unfinished take the place of the broker's window: beyond them posts are turned away, never held in memory.
"""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import cast

import structlog

from ingest.account import Outcome
from ingest.arrival import Arrival, Chunk
from ingest.counters import Counters
from ingest.errors import IngestError
from ingest.newest import NewestWriter
from ingest.posted import SOURCE, PostIntake, make_arrival, tell
from ingest.registry import Registry
from ingest.source import Source
from ingest.worker import Done, Worker
from ingest.writer import Writer
from sensors.posting import Post, PostOutcome, UndeliveredError
from store.errors import StoreError

LOG = structlog.get_logger()
WINDOW_N = 20_000
WINDOW_BYTES = 64_000_000
SETTLE_S = GOODBYE_S = 0.5  # the server has let its requests finish before

Answer = Future[Sequence[PostOutcome]]


class Ticket(Chunk, frozen=True, kw_only=True):
    """The posts of one request, and who waits for their outcome."""

    answer: Answer


class PostWorker(Worker):
    """A worker that answers each ticket instead of acknowledging to a broker."""

    def _report(self, chunks: Sequence[Chunk], outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._counters.count(outcome)
            self._committed(outcome)
        told = iter(tell((arrival for chunk in chunks for arrival in chunk.arrivals), outcomes))
        for ticket in cast("Sequence[Ticket]", chunks):
            ticket.answer.set_result([next(told) for _ in ticket.arrivals])
        self._done(Done(chunks))


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
        self._newest: NewestWriter | None = None
        self._threads: list[threading.Thread] = []

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
            if self._worker is None:
                self._start()
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
            self._inbox.put(None)
        worker, newest, threads = self._worker, self._newest, self._threads
        if worker is None or newest is None:
            return
        threads[0].join(SETTLE_S)
        worker.give_up()
        threads[0].join(GOODBYE_S)
        newest.close()
        threads[1].join(GOODBYE_S)
        self._fail("the program is ending")

    def _start(self) -> None:
        """Make the worker and its threads; they end with the program in any case."""
        self._newest = NewestWriter(self._database_url, self._name)
        self._inbox = queue.SimpleQueue()
        self._worker = PostWorker(
            self._database_url,
            PostIntake(Source(SOURCE, ()), Registry()),
            Writer(self._name, time.monotonic),
            self.counters,
            self._inbox,
            self._settled,
            self._newest.add,
        )
        self._threads = [
            threading.Thread(target=self._work, args=(self._worker, self._newest), name="desk", daemon=True),
            threading.Thread(target=self._newest.run, name="desk newest", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, worker: PostWorker, newest: NewestWriter) -> None:
        """Run the worker. Where it can be of no use, everybody is told, and the next post tries with a new one."""
        try:
            worker.run()
        except (IngestError, StoreError) as error:
            LOG.error("desk_failed", error=str(error))  # noqa: TRY400  # the sentence says what to mend
            newest.close()
            self._fail(str(error))
        except BaseException:
            self._fail("a fault of Vigie, kept in its log")
            raise

    def _settled(self, done: Done) -> None:
        with self._lock:
            for ticket in cast("Sequence[Ticket]", done.chunks):
                del self._tickets[id(ticket)]
                self._count(-len(ticket.arrivals), -ticket.n_bytes)

    def _fail(self, sentence: str) -> None:
        with self._lock:
            self._worker = None
            tickets = list(self._tickets.values())
            self._tickets.clear()
            self._n_messages = self._n_bytes = 0
        for ticket in tickets:
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
