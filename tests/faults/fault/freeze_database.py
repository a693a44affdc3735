"""The way to the database carries nothing for a while, and nothing says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.to_database.pause()
    yield
    chain.to_database.resume()


FAULT = Fault(
    "freeze_database", "database", "The way to the database carries nothing for a while, and nothing says so", strike
)
