"""Works through a list, a few processes at a time, none left behind however it ends."""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
PR_SET_PDEATHSIG = 1
GOODBYE_S = 90.0  # a process drops its database before it ends


def work_through(
    items: Sequence[Item], n_processes: int, work: Callable[[Item], Answer]
) -> Iterator[tuple[Item, Answer | None]]:
    """Give each item with its answer as they come; None where its process ended without one (it has said why).

    `work` is a function of a module, items and answers can be pickled. When the caller stops early, or is interrupted,
    every process is asked to end and waited for.
    """
    context = multiprocessing.get_context("spawn")
    waiting = deque(items)
    busy: dict[Connection, tuple[Item, SpawnProcess]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < n_processes:
                item = waiting.popleft()
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=answer, args=(theirs, os.getpid(), work, item))
                process.start()
                theirs.close()
                busy[ours] = item, process
            for ready in wait(list(busy)):
                ended_item, process = busy[ready]  # type: ignore[index]  # wait gives back what it was given
                yield ended_item, receive(ready)  # type: ignore[arg-type]
                process.join()
                del busy[ready]  # type: ignore[arg-type]
    finally:
        end(process for _, process in busy.values())


def receive(connection: Connection) -> Any:  # Any: what `work` gave
    """Take a process's answer, None where it ended without."""
    try:
        return connection.recv()
    except EOFError:
        return None
    finally:
        connection.close()


def end(processes: Any) -> None:
    """Ask processes to end, wait, and kill what does not."""
    asked = list(processes)
    for process in asked:
        process.terminate()
    for process in asked:
        process.join(GOODBYE_S)
        if process.is_alive():
            process.kill()
            process.join()


def answer(connection: Connection, parent: int, work: Callable[[Item], Answer], item: Item) -> None:
    """Do one piece of work in a process of its own, which ends in order when its parent ends or says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C reaches the parent too, and it tells us
    signal.signal(signal.SIGTERM, leave)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return
    connection.send(work(item))


def leave(number: int, frame: FrameType | None) -> None:
    """End in order, once."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + number)
