"""The host of the ingest is cut off from the servers: packets vanish, and nothing says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    assert chain.host is not None, "`make faults-root` gives the ingest a host of its own"
    chain.host.pull()
    yield
    chain.host.plug()


FAULT = Fault("split_network", "ingest", "The host of the ingest is cut off", strike, needs_root=True)
