"""The ingest worker as a program: its parts put together, its threads, and the order in which it ends."""

import queue
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog
from prometheus_client import start_http_server

from ingest.arrival import Chunk
from ingest.broker import read_broker_url
from ingest.counters import Counters
from ingest.intake import Intake
from ingest.newest import NewestWriter
from ingest.registry import Registry
from ingest.replayer import replaying
from ingest.session import Session
from ingest.settings import Settings
from ingest.source import own_source
from ingest.worker import Worker
from ingest.writer import Writer

LOG = structlog.get_logger()
SETTLE_S = 2.5  # for the last batch; with goodbye and the newest values, a worker ends in less than 5 s
GOODBYE_S = 1.5


@dataclass(frozen=True, slots=True)
class Parts:
    """A worker's parts, each run in a thread of its own."""

    session: Session
    worker: Worker
    newest: NewestWriter
    counters: Counters


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises as `run` does."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    run(settings, stop)


def run(settings: Settings, stop: threading.Event) -> Counters:
    """Run a worker until `stop` is set, and give what it counted.

    Raises
    ------
    ingest.errors.IngestError, store.errors.StoreError
        It can be of no use: a sentence says what to mend.
    """
    parts = make_parts(settings)
    with (
        served(parts.counters, settings.metrics_port),
        replaying(settings.database_url),
        ThreadPoolExecutor(3, "ingest") as threads,
    ):
        futures = [threads.submit(part.run) for part in (parts.session, parts.worker, parts.newest)]
        for future in futures:
            future.add_done_callback(lambda _: stop.set())
        LOG.info("ingest_started", client_id=settings.client_id)
        stop.wait()
        shut_down(parts, *futures)
    LOG.info("ingest_ended", client_id=settings.client_id)
    for future in futures:
        future.result()
    return parts.counters


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


def make_parts(settings: Settings) -> Parts:
    """Put a worker together."""
    counters = Counters()
    source = own_source(settings.territory)
    inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    broker = read_broker_url(settings.mqtt_url, settings.client_id, settings.window_n)
    session = Session(broker, [rule.topic_filter for rule in source.rules], inbox, counters)
    newest = NewestWriter(settings.database_url, settings.client_id)
    worker = Worker(
        settings.database_url,
        Intake(source, Registry()),
        Writer(settings.client_id, time.monotonic),
        counters,
        inbox,
        session.hand_back,
        newest.add,
    )
    return Parts(session, worker, newest, counters)


@contextmanager
def served(counters: Counters, port: int) -> Iterator[None]:
    """Serve the counters for Prometheus on loopback while in use; port 0 serves nothing."""
    if port == 0:
        yield
        return
    server, thread = start_http_server(port, "127.0.0.1", counters.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
