"""What a number of messages costs each part of the chain, in CPU seconds: they hold on a busy machine, rates do not."""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.capacity.model import MICRO
from bench.ingest.chain import Chain
from bench.ingest.loading import load
from bench.ingest.messages import Message
from bench.soak.proc import read_tree, tree_of

LOOK_S = 0.5
PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages were committed in how many batches and seconds, and the CPU seconds of each part."""

    n_messages: int
    n_batches: int
    seconds: float
    cpu_s: Mapping[str, float]

    def each_us(self, part: str) -> float:
        """Give what a message cost a part [CPU µs]."""
        return self.cpu_s[part] / self.n_messages / MICRO


def take(chain: Chain, pids: Mapping[str, int], messages: Iterable[Message]) -> Taken:
    """Have messages lie ready, let the workers take them, wait until all is committed. Raises TimeoutError.

    `pids` are the first processes of the parts; those of the ingest run already and stand still while the messages are
    published, so that they are as busy as they can be. Who asks whether all is there asks seldom: the database's part
    is counted.
    """
    before, settled, batch = read_cpu(pids), chain.count_settled(), chain.last_batch()
    with standing_still([pid for name, pid in pids.items() if name.startswith("ingest")]):
        n = load(chain.mqtt_url, messages)
    began = time.monotonic()
    while chain.count_settled() < settled + n:
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError("the messages are not committed")
        time.sleep(LOOK_S)
    seconds = time.monotonic() - began
    after = read_cpu(pids)
    return Taken(n, chain.last_batch() - batch, seconds, {name: after[name] - before[name] for name in pids})


@contextmanager
def standing_still(pids: Iterable[int]) -> Iterator[None]:
    """Stop processes with all under them for the block, which is shorter than a broker waits for a sign of life."""
    trees = [one for pid in pids for one in tree_of(pid)]
    for pid in trees:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in trees:
            os.kill(pid, signal.SIGCONT)


def read_cpu(pids: Mapping[str, int]) -> dict[str, float]:
    """Read what each part has spent so far [CPU s]."""
    return {name: read_tree(pid).cpu_s for name, pid in pids.items()}
