"""The ingest worker as a program: the platform's own broker and the sources beside it, each read by threads."""

import gc
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType

import structlog
from prometheus_client import start_http_server

from ingest.broker import read_broker_url
from ingest.counters import Counters
from ingest.parts import Parts, make_parts, run_parts
from ingest.replayer import replaying
from ingest.settings import Settings
from ingest.source import own_source
from ingest.supervisor import Supervisor

LOG = structlog.get_logger()


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises as `run` does."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    gc.freeze()  # else the collector walks all that was imported, again and again: a third of the time of a message
    run(settings, stop)


def run(settings: Settings, stop: threading.Event) -> Counters:
    """Run a worker until `stop` is set, and give what it counted.

    Raises
    ------
    ingest.errors.IngestError, store.errors.StoreError
        It can be of no use: a sentence says what to mend.
    """
    counters = Counters()
    supervisor = Supervisor(settings, counters)
    with (
        served(counters, settings.metrics_port),
        replaying(settings.database_url),
        ThreadPoolExecutor(2, "ingest") as threads,
    ):
        futures: list[Future[None]] = []
        if settings.reads_own:
            parts = make_own_parts(settings, counters)
            supervisor.watch(settings.client_id, parts.session.health)
            futures.append(threads.submit(run_parts, parts, stop))
        futures.append(threads.submit(supervisor.run, stop))
        for future in futures:
            future.add_done_callback(lambda _: stop.set())
        LOG.info("ingest_started", client_id=settings.client_id)
        stop.wait()
    LOG.info("ingest_ended", client_id=settings.client_id)
    for future in futures:
        future.result()
    return counters


def make_own_parts(settings: Settings, counters: Counters) -> Parts:
    """Put together what reads the own broker's formats without state: any number of workers may."""
    broker = read_broker_url(settings.mqtt_url, settings.client_id, settings.window_n)
    return make_parts(settings.database_url, own_source(settings.territory).stateless, broker, counters)


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
