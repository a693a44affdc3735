"""What a number of messages costs each part of the chain, in CPU seconds: they hold on a busy machine, rates do not."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.capacity.model import MICRO
from bench.ingest.chain import Chain
from bench.ingest.loading import load
from bench.ingest.messages import Message
from bench.soak.proc import read_tree

LOOK_S = 0.5
PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages were committed in so many seconds, and the CPU seconds of each part."""

    n_messages: int
    seconds: float
    cpu_s: Mapping[str, float]

    def each_us(self, part: str) -> float:
        """Give what a message cost a part [CPU µs]."""
        return self.cpu_s[part] / self.n_messages / MICRO


def take(chain: Chain, pids: Mapping[str, int], messages: Iterable[Message]) -> Taken:
    """Publish as fast as the broker takes it, wait until all is committed. Raises TimeoutError.

    The workers run already; `pids` are the first processes of the parts. Who asks whether all is there asks seldom: the
    database's part is counted.
    """
    before, settled = read_cpu(pids), chain.count_settled()
    began = time.monotonic()
    n = load(chain.mqtt_url, messages)
    while chain.count_settled() < settled + n:
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError("the messages are not committed")
        time.sleep(LOOK_S)
    seconds = time.monotonic() - began
    after = read_cpu(pids)
    return Taken(n, seconds, {name: after[name] - before[name] for name in pids})


def read_cpu(pids: Mapping[str, int]) -> dict[str, float]:
    """Read what each part has spent so far [CPU s]."""
    return {name: read_tree(pid).cpu_s for name, pid in pids.items()}
