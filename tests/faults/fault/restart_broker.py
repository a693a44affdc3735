"""The broker is stopped in order and started again: it has saved all."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.servers.stop_broker()
    yield
    chain.servers.start_broker()


FAULT = Fault("restart_broker", "broker", "The broker is stopped in order and started again: it has saved all", strike)
