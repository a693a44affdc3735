"""What reads one part of a source: a session, a worker and the newest values, each in a thread, ended in order."""

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


@dataclass(frozen=True, slots=True)
class Owned:
    """The connection that holds the ownership of a source's topics, and what was remembered when it began."""

    connection: Connection
    memory: Memory


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts, each run in a thread of its own."""

    session: Session
    worker: Worker
    newest: NewestWriter


def make_parts(
    database_url: str,
    source: Source,
    broker: Broker,
    counters: Counters,
    owned: Owned | None = None,
    topic_filters: Sequence[str] = (),
) -> Parts:
    """Put together what reads these rules of a source; the client id names the worker too.

    `topic_filters` are what the session is subscribed to, where they are not just those of the rules.
    """
    inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    session = Session(broker, topic_filters or source.topic_filters, inbox, counters)
    newest = NewestWriter(database_url, broker.client_id)
    worker = Worker(
        database_url,
        Intake(source, Registry(), owned.memory if owned else None),
        Writer(broker.client_id, time.monotonic),
        counters,
        inbox,
        session.hand_back,
        newest.add,
        owned=owned.connection if owned else None,
    )
    return Parts(session, worker, newest)


def run_parts(parts: Parts, stop: threading.Event) -> None:
    """Run until `stop` is set or a part ends.

    Raises
    ------
    ingest.errors.IngestError, store.errors.StoreError
        It can be of no use, or is no longer the owner of its topics.
    """
    with ThreadPoolExecutor(3, "ingest") as threads:
        futures = [threads.submit(part.run) for part in (parts.session, parts.worker, parts.newest)]
        while not any(future.done() for future in futures) and not stop.wait(TICK_S):
            pass
        shut_down(parts, *futures)
    for future in futures:
        future.result()


def shut_down(parts: Parts, session: "Future[None]", worker: "Future[None]", newest: "Future[None]") -> None:
    """End in order: stop reading, write what we hold, acknowledge and send receipts, close."""
    parts.session.finish()
    if not is_done(worker, SETTLE_S):
        parts.worker.give_up()  # unacknowledged: the broker sends it again
        is_done(worker, GOODBYE_S)
    parts.session.close()
    parts.newest.close()
    is_done(session, GOODBYE_S)
    is_done(newest, GOODBYE_S)


def is_done(future: "Future[None]", timeout_s: float) -> bool:
    """Wait for a thread to end and say whether it has."""
    return bool(wait([future], timeout_s).done)
