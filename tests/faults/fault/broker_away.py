"""Nobody reaches the broker for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.to_broker.stop()
    chain.from_gateways.stop()
    yield
    chain.to_broker.start()
    chain.from_gateways.start()


FAULT = Fault("broker_away", "broker", "Nobody reaches the broker for a while", strike)
