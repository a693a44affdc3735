"""The database server is stopped in order and started again."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.servers.stop_database()
    yield
    chain.servers.start_database()


FAULT = Fault("restart_database", "database", "The database server is stopped in order and started again", strike)
