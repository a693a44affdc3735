"""A worker: takes jobs from the queue one after the other, plans what is due, and ends between two transactions."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from functools import partial
from time import monotonic
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from analytics.jobs import find_kinds
from analytics.jobs.counters import Counters
from analytics.jobs.office import ElsewhereError, Office, queue_arguments
from analytics.jobs.planning import STALE_S
from analytics.jobs.settings import Settings
from store.connect import translated_errors
from store.counters import served
from store.errors import UnreachableError
from store.jobs import QueuedJob

log = structlog.get_logger("analytics")
QUEUE = "analyse"
HEARTBEAT_S = 2.0
ELSEWHERE_S = 2.0
LONGEST_PAUSE_S = 600.0
PASSING = (psycopg.OperationalError, UnreachableError)  # the database went away, a deadlock, a query that was cancelled
AWAY = (*PASSING, ConnectorException)


def run_worker(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT.

    A database that goes away is waited for. A job that fails waits longer each time, ten minutes at most, while others
    are run. Raises StoreError where the database can be of no use.
    """
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what it says is said here, as the other programs do
    counters = Counters()
    with served(counters, settings.metrics_port):
        asyncio.run(serve(settings, counters))


async def serve(settings: Settings, counters: Counters) -> None:
    """Work until told to stop; connect again where the database went away."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while not stop.is_set():
        try:
            with translated_errors(settings.database_url):
                await work(settings, counters, stop)
        except (UnreachableError, ConnectorException) as error:
            log.warning("database_away", reason=str(error).strip())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(settings.round_s):
                await stop.wait()


async def work(settings: Settings, counters: Counters, stop: asyncio.Event) -> None:
    """Plan and take jobs until told to stop, or until one of the two fails."""
    loop, changed, pressed = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)
        loop.call_soon_threadsafe(pressed.set)

    office = Office(settings, counters, wake)
    async with opened(office), make_app(office).open_async() as app:
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(take_jobs(app), name="jobs"),
            asyncio.create_task(keep_planning(office.plan, changed, settings.round_s), name="planning"),
            asyncio.create_task(keep_planning(office.plan_pressing, pressed, settings.round_s), name="pressing"),
            asyncio.create_task(stop.wait(), name="stop"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks, office)
        for task in done:
            task.result()


@contextlib.asynccontextmanager
async def opened(office: Office) -> AsyncIterator[None]:
    """Hold the office's connections while in use."""
    await asyncio.to_thread(office.open)
    try:
        yield
    finally:
        office.close()


async def take_jobs(app: procrastinate.App) -> None:
    """Take jobs as they come. Raises UnreachableError where the queue's connection is lost."""
    await app.run_worker_async(
        queues=[QUEUE],
        delete_jobs="successful",
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALE_S,
    )
    raise UnreachableError("the connection to the queue of jobs was lost")


async def keep_planning(plan: Callable[[], None], changed: asyncio.Event, round_s: float) -> None:
    """Plan after each job that was done, and at least once a round; for a third of the time at most."""
    while True:
        changed.clear()
        began = monotonic()
        await asyncio.to_thread(plan)
        await asyncio.sleep(2 * (monotonic() - began))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(round_s):  # `wait_for` loses a cancellation that comes at the same instant
                await changed.wait()


async def end(tasks: list[asyncio.Task[Any]], office: Office) -> None:
    """Stop planning and taking jobs; the query that a job waits for is cancelled, its job waits for another worker."""
    for task in tasks:
        task.cancel()
    pending = {task for task in tasks if not task.done()}
    while pending:
        _, pending = await asyncio.wait(pending, timeout=0.2)
        if pending:
            await asyncio.to_thread(office.cancel)
    await asyncio.gather(*tasks, return_exceptions=True)  # what else went wrong while it ended is of no use


def make_app(office: Office) -> procrastinate.App:
    """Make the queue's application with a task for each kind of job."""
    connector = procrastinate.PsycopgConnector(
        conninfo=office.settings.database_url, min_size=1, max_size=3, timeout=10.0, kwargs=queue_arguments()
    )
    app = procrastinate.App(connector=connector)
    for name in find_kinds():
        app.task(name=name, queue=QUEUE, retry=Retry(office))(partial(office.run, name))
    return app


class Retry(procrastinate.BaseRetryStrategy):
    """Every job that ends by an error waits and is run again; nothing is ever given up, since all can be done again."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:
        """Say when."""
        if isinstance(exception, ElsewhereError):
            return procrastinate.RetryDecision(retry_in={"seconds": int(ELSEWHERE_S)})
        queued = QueuedJob(job.task_name, str(job.task_kwargs["part"]), None, job.priority)
        if isinstance(exception, PASSING):
            log.warning("job_cut", kind=queued.kind, part=queued.part, reason=str(exception).strip())
            return procrastinate.RetryDecision(retry_in={"seconds": 1})
        pause_s = min(LONGEST_PAUSE_S, 5.0 * 2 ** min(job.attempts, 10))
        log.error("job_failed", kind=queued.kind, part=queued.part, pause_s=pause_s, exc_info=exception)
        self._office.note_failure(queued, exception)
        return procrastinate.RetryDecision(retry_in={"seconds": int(pause_s)})
