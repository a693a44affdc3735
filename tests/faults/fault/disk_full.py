"""The disk of database and broker is full to the last byte; then there is room again."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from deploy.local.mosquitto import find_mosquitto
from deploy.local.postgres import find_postgres
from tests.faults.chain import Chain
from tests.faults.fault import Fault

PIECE = bytes(1 << 16)


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    servers = chain.servers
    ballast = servers.place.data / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(PIECE)
    yield
    ballast.unlink()
    if find_postgres(servers.place) is None:  # it gives up where it cannot write its log
        servers.start_database()
    if find_mosquitto(servers.place) is None:
        servers.start_broker()


FAULT = Fault("disk_full", "database", "The disk of database and broker is full", strike, needs_root=True)
