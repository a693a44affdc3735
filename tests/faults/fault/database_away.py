"""No program reaches the database for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.to_database.stop()
    yield
    chain.to_database.start()


FAULT = Fault("database_away", "database", "No program reaches the database for a while", strike)
