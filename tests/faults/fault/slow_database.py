"""All processes of the database stand still nine tenths of the time, as if each waited for a slow disk."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault

STILL_S = 0.18
GOING_S = 0.02


@contextmanager
def strike(chain: Chain, _chance: Random) -> Iterator[None]:
    is_over = threading.Event()
    thread = threading.Thread(target=hold_up, args=(chain, is_over), name="slow disk")
    thread.start()
    yield
    is_over.set()
    thread.join()


def hold_up(chain: Chain, is_over: threading.Event) -> None:
    """Stop and continue all processes in turn, until told; a process that has just begun is left out for a turn."""
    while not is_over.is_set():
        pids = chain.servers.database_processes()
        try:
            send(pids, signal.SIGSTOP)
            is_over.wait(STILL_S)
        finally:
            send(pids, signal.SIGCONT)
        is_over.wait(GOING_S)


def send(pids: list[int], number: int) -> None:
    """Send a signal to those that still live."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


FAULT = Fault(
    "slow_database",
    "database",
    "All processes of the database stand still nine tenths of the time, as if each waited for a slow disk",
    strike,
)
