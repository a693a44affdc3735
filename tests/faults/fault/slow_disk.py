"""The disk of the database takes five reads and writes a second, and the kernel lets its processes wait for each."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault

N_PER_S = 5
N_SYNCED = 3


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    disk = chain.servers.disk
    assert disk is not None, "`make faults-root` gives the servers a disk of their own"
    disk.slow(chain.servers.database_processes(), N_PER_S)
    took_s = disk.sync_s(N_SYNCED)
    assert took_s > (N_SYNCED - 1) / N_PER_S, f"{N_SYNCED} writes took {took_s:.3f} s: the disk is not slow"
    yield
    disk.heal()


FAULT = Fault(
    "slow_disk", "database", "The disk of the database takes five reads and writes a second", strike, needs_root=True
)
