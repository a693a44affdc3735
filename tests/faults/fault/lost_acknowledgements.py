"""What the workers acknowledge is lost, then the way is cut: the broker delivers again."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.to_broker.is_client_mute = True
    yield
    chain.to_broker.is_client_mute = False
    chain.to_broker.cut()


FAULT = Fault(
    "lost_acknowledgements",
    "broker",
    "What the workers acknowledge is lost, then the way is cut: the broker delivers again",
    strike,
)
