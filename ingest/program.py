"""The ingest worker as a program: the platform's own broker and the sources beside it, each read by threads."""

import gc
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType

import structlog

from ingest.counters import Counters
from ingest.replayer import replaying
from ingest.settings import Settings
from ingest.slots import SlotKeeper
from ingest.supervisor import Supervisor
from store.counters import served

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
    slots = SlotKeeper(settings, counters)
    supervisor = Supervisor(settings, counters, slots.healths)
    with (
        served(counters, settings.metrics_port),
        replaying(settings.database_url),
        ThreadPoolExecutor(2, "ingest") as threads,
    ):
        futures: list[Future[None]] = [threads.submit(supervisor.run, stop)]
        if settings.reads_own:
            futures.append(threads.submit(slots.run, stop))
        for future in futures:
            future.add_done_callback(lambda _: stop.set())
        LOG.info("ingest_started")
        stop.wait()
        slots.end()
    LOG.info("ingest_ended")
    for future in futures:
        future.result()
    return counters
