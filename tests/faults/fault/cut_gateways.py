"""The way from the gateways to the broker is cut at any byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, chance: Random) -> Iterator[None]:
    chain.from_gateways.cut_after(chance.randrange(1, 20_000))
    yield


FAULT = Fault("cut_gateways", "gateways", "The way from the gateways to the broker is cut at any byte", strike)
