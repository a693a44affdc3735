"""One ingest worker loses its power."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault
from tests.faults.servers import kill


@contextmanager
def strike(chain: Chain, chance: Random) -> Iterator[None]:
    workers = chain.workers()
    if workers:
        kill([chance.choice(workers)])
    yield


FAULT = Fault("kill_worker", "ingest", "One ingest worker loses its power", strike)
