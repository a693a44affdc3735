"""`vigie ingest --workers N` as a person starts it, its workers by process number, and a steady load for them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from ingest.source import own_source
from store.connect import connect
from store.slots import read_slots
from tests.support.chain import Chain, single_values
from tests.support.publisher import publish
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

PIECE = 100
PAUSE_S = 0.05


class Crew:
    """A parent and its workers, as one host has them."""

    def __init__(self, parent: "subprocess.Popen[bytes]") -> None:
        self.parent = parent

    def workers(self) -> list[int]:
        """Give the process numbers of the workers that run at this moment, the oldest first."""
        pid = self.parent.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]

    def kill(self) -> None:
        """Have the host lose its power: nobody says goodbye."""
        workers = self.workers()
        for pid in (self.parent.pid, *workers):  # the parent first: it would start others in their place
            os.kill(pid, signal.SIGKILL)
        self.parent.wait(10)


@contextmanager
def crew(chain: Chain, n_workers: int) -> Iterator[Crew]:
    """Run so many workers; asked to end, they do so by themselves and without an error."""
    environment = {
        **os.environ,
        "VIGIE_DATABASE_URL": chain.settings.database_url,
        "VIGIE_MQTT_URL": chain.settings.mqtt_url,
        "VIGIE_INGEST_TERRITORY": chain.territory,
    }
    command = [sys.executable, "-m", "deploy.cli", "ingest", "--workers", str(n_workers)]
    with TemporaryFile() as said:
        parent = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=said)
        try:
            yield Crew(parent)
            if parent.poll() is None:
                parent.terminate()
                assert parent.wait(20) == 0, last_words(said)
        finally:
            parent.kill()
            parent.wait(10)


def last_words(said: IO[bytes]) -> str:
    """Give the end of what the workers logged, for whoever asks why one ended with an error."""
    said.seek(0)
    return said.read().decode()[-4000:]


def wait_for_served(chain: Chain, n_slots: int) -> None:
    """Wait until just so many slots are served."""
    pool = own_source(chain.territory).memory_name

    def n_served() -> int:
        with connect(chain.settings.database_url, program="test", autocommit=True) as connection:
            return sum(state.is_held for state in read_slots(connection, pool))

    wait_until(lambda: n_served() == n_slots, f"{n_slots} workers at their slots", 60)


class Load:
    """Messages under way to the broker: how many it has confirmed."""

    def __init__(self, chain: Chain) -> None:
        self.n_sent = 0
        self.stop = threading.Event()
        self._chain = chain

    def run(self) -> None:
        """Publish about 1,000 messages a second, piece by piece, until told to stop."""
        while not self.stop.wait(PAUSE_S):
            publish(self._chain.settings.mqtt_url, single_values(self._chain, PIECE, self.n_sent))
            self.n_sent += PIECE

    def wait_for_more(self, n_messages: int = 1000) -> None:
        """Wait until so many more messages are on their way."""
        goal = self.n_sent + n_messages
        wait_until(lambda: self.n_sent >= goal, f"{n_messages} more messages")


@contextmanager
def load(chain: Chain) -> Iterator[Load]:
    """Publish meanwhile."""
    under_way = Load(chain)
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(under_way.run)
        try:
            yield under_way
        finally:
            under_way.stop.set()
        future.result()
