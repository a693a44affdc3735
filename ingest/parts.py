"""What reads one part of a source: a session, workers and the newest values, each in a thread, ended in order.

Where messages may be taken in any order two workers share them: while one waits for its commit, the other decodes. What
needs an order has one.
"""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ingest.arrival import Chunk
from ingest.broker import Broker
from ingest.counters import Counters
from ingest.intake import Intake
from ingest.memory import Memory
from ingest.newest import NewestWriter
from ingest.registry import Registry
from ingest.session import Session
from ingest.source import Source
from ingest.worker import Worker
from ingest.writer import Writer
from store.intake import Connection

SETTLE_S = 2.5  # for the last batch; with goodbye and the newest values, a worker ends in less than 5 s
GOODBYE_S = 1.5
TICK_S = 0.1
N_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Owned:
    """The connection that holds the ownership of a source's topics, and what was remembered when it began."""

    connection: Connection
    memory: Memory


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts, each run in a thread of its own."""

    session: Session
    workers: Sequence[Worker]
    newest: NewestWriter


def make_parts(
    database_url: str,
    source: Source,
    broker: Broker,
    counters: Counters,
    owned: Owned | None = None,
    topic_filters: Sequence[str] = (),
) -> Parts:
    """Put together what reads these rules of a source; the client id names its workers too.

    `topic_filters` are what the session is subscribed to, where they are not just those of the rules.
    """
    inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    session = Session(broker, topic_filters or source.topic_filters, inbox, counters)
    is_ordered = any(rule.stateful is not None for rule in source.rules)
    names = [broker.client_id, *(f"{broker.client_id}/{index}" for index in range(1, 1 if is_ordered else N_WORKERS))]
    newest = NewestWriter(database_url, names)
    workers = [
        Worker(
            database_url,
            Intake(source, Registry(), owned.memory if owned else None),
            Writer(name, time.monotonic),
            counters,
            inbox,
            session.hand_back,
            newest.add,
            owned=owned.connection if owned and name == broker.client_id else None,
        )
        for name in names
    ]
    return Parts(session, workers, newest)


def run_parts(parts: Parts, stop: threading.Event) -> None:
    """Run until `stop` is set or a part ends; then stop reading, write what we hold, acknowledge, send receipts, close.

    Raises
    ------
    ingest.errors.IngestError, store.errors.StoreError
        It can be of no use, or is no longer the owner of its topics.
    """
    with ThreadPoolExecutor(2 + len(parts.workers), "ingest") as threads:
        workers = [threads.submit(worker.run) for worker in parts.workers]
        others = [threads.submit(parts.session.run), threads.submit(parts.newest.run)]
        futures = [*others, *workers]
        while not any(future.done() for future in futures) and not stop.wait(TICK_S):
            pass
        parts.session.finish()
        if not are_done(workers, SETTLE_S):
            for worker in parts.workers:
                worker.give_up()  # unacknowledged: the broker sends it again
            are_done(workers, GOODBYE_S)
        parts.session.close()
        parts.newest.close()
        are_done(others, GOODBYE_S)
    for future in futures:
        future.result()


def are_done(futures: "Sequence[Future[None]]", timeout_s: float) -> bool:
    """Wait for threads to end and say whether they have."""
    return not wait(futures, timeout_s).not_done
