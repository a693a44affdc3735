"""The broker loses its power and its disk: messages and sessions are gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.servers.kill_broker()
    chain.servers.forget()
    yield
    chain.servers.start_broker()


FAULT = Fault(
    "forgetful_broker", "broker", "The broker loses its power and its disk: messages and sessions are gone", strike
)
