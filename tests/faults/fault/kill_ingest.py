"""The ingest loses its power with all its workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.kill("ingest")
    yield
    chain.start("ingest")


FAULT = Fault("kill_ingest", "ingest", "The ingest loses its power with all its workers", strike)
