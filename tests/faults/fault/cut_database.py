"""The way from all programs to the database is cut at any byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, chance: Random) -> Iterator[None]:
    chain.to_database.cut_after(chance.randrange(1, 20_000))
    yield


FAULT = Fault("cut_database", "database", "The way from all programs to the database is cut at any byte", strike)
