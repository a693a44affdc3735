"""The way to the broker carries nothing for a while, and nothing says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.to_broker.pause()
    yield
    chain.to_broker.resume()


FAULT = Fault(
    "freeze_broker", "broker", "The way to the broker carries nothing for a while, and nothing says so", strike
)
