"""The API loses its power."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.kill("api")
    yield
    chain.start("api")


FAULT = Fault("kill_api", "api", "The API loses its power", strike)
