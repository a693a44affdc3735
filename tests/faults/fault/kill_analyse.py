"""The runner of jobs loses its power."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    chain.kill("analyse")
    yield
    chain.start("analyse")


FAULT = Fault("kill_analyse", "analyse", "The runner of jobs loses its power", strike)
