"""What rollups cost ingest: single values through broker and worker, with and without the rollup job beside it.

The messages of a device lie ten minutes apart, so that hours close as fast as they come, thousands of times faster
than in a town; the job follows a day behind, as `vigie analyse` does, on the same cores and the same database. `n` is
how many hours of series it computed meanwhile: those of all but the last day.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import psycopg

from analytics.evaluate.row import Row
from bench.ingest.chain import fresh_chain
from bench.ingest.messages import N_DEVICES, START_S, TERRITORY, Message, device_of
from deploy.local.services import Services
from store import rollup
from store.connect import connect

N_MESSAGES = 100_000  # of each run
N_RUNS = 2  # of each, in turn; the best counts
STEP_S = 600
ROUND_S = 0.2  # often, and without the seconds an hour is left to settle: all of this is over in a few of them
GOAL = 0.15


def measure_upkeep(services: Services) -> None:
    """Print by how much the rollup job slows ingest down."""
    alone: list[float] = []
    beside: list[float] = []
    computed: list[int] = []
    with TemporaryDirectory() as folder, fresh_chain(services, Path(folder)) as chain:
        chain.warm_up(START_S - STEP_S, 1)
        for index in range(N_RUNS):
            alone.append(chain.rate(messages(2 * index)))
            with connect(chain.database_url, program="bench", autocommit=True) as connection:
                keep_current(connection)
            with kept_current(chain.database_url, computed):
                beside.append(chain.rate(messages(2 * index + 1)))
    print(Row("store.ingest_with_rollups", max(beside), "messages/s", reference=max(alone)).line(), flush=True)
    upkeep = 1 - max(beside) / max(alone)
    print(Row("store.rollup_upkeep", upkeep, "1", "lower", goal=GOAL, n=sum(computed)).line(), flush=True)


def messages(part: int) -> Iterator[Message]:
    """Make messages of one value; parts follow one another in time."""
    first_s = START_S + part * N_MESSAGES // N_DEVICES * STEP_S
    for index in range(N_MESSAGES):
        at = first_s + index // N_DEVICES * STEP_S
        payload = msgspec.json.encode({"at": at, "values": {"voltage": 230.25 + index % 5}})
        yield f"vigie/{TERRITORY}/{device_of(index)}/up".encode(), payload.ljust(120)


@contextmanager
def kept_current(database_url: str, computed: list[int]) -> Iterator[None]:
    """Run the rollup job until the end and note the (series, hour) pairs of each round; what broke it is raised."""
    is_over = threading.Event()
    faults: list[psycopg.Error] = []

    def keep() -> None:
        try:
            with connect(database_url, program="bench", autocommit=True) as connection:
                while not is_over.wait(ROUND_S):
                    computed.append(keep_current(connection))
        except psycopg.Error as error:
            faults.append(error)

    job = threading.Thread(target=keep, name="rollups")
    job.start()
    try:
        yield
    finally:
        is_over.set()
        job.join()
    if faults:
        raise faults[0]


def keep_current(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    """Do one round of the rollup job, and give the hours of series that it computed."""
    report = rollup.refresh(connection, rollup.find_front(connection, datetime.now(UTC)), settle_s=0)
    return report.n_closed + report.n_changed
