"""The disk of database and broker is full to the last byte; then there is room again."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from deploy.local.mosquitto import find_mosquitto
from deploy.local.postgres import find_postgres
from tests.faults.chain import Chain
from tests.faults.fault import Fault


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    servers = chain.servers
    assert servers.disk is not None, "`make faults-root` gives the servers a disk of their own"
    ballast = servers.place.data / "ballast"
    servers.disk.fill(ballast)
    yield
    ballast.unlink()
    if find_postgres(servers.place) is None:  # it gives up where it cannot write its log
        servers.start_database()
    if find_mosquitto(servers.place) is None:
        servers.start_broker()


FAULT = Fault("disk_full", "database", "The disk of database and broker is full", strike, needs_root=True)
