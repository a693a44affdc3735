"""The way from the workers to the broker is cut at any byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, chance: Random) -> Iterator[None]:
    chain.to_broker.cut_after(chance.randrange(1, 20_000))
    yield


FAULT = Fault("cut_broker", "broker", "The way from the workers to the broker is cut at any byte", strike)
