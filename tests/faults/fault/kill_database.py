"""The database server loses its power."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.servers.kill_database()
    yield
    chain.servers.start_database()


FAULT = Fault("kill_database", "database", "The database server loses its power", strike)
