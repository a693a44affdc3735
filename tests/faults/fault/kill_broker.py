"""The broker loses its power: what it had not saved is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.servers.kill_broker()
    yield
    chain.servers.start_broker()


FAULT = Fault("kill_broker", "broker", "The broker loses its power: what it had not saved is gone", strike)
