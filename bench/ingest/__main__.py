"""Messages a second beside others doing less, delay and memory: `python -m bench.ingest`. One JSON object a line.

Messages lie ready in the broker's queue before the clock starts, so that the publisher does not compete with what is
measured. Each contender runs alone, in turn, in every round; the best round of each counts. What is sober about the
bare loop and the peer stands in their modules.
"""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from analytics.evaluate.row import Row
from bench.database import CHECKOUT
from bench.ingest.bare import PROTOCOLS, measure_bare
from bench.ingest.chain import Chain, fresh_chain
from bench.ingest.delay import measure_delay
from bench.ingest.messages import PACK_N, Clock, packs, single_messages, with_garbage
from bench.ingest.narrow import narrow_chain
from bench.ingest.packed import measure_copy
from bench.ingest.peer import measure_peer
from bench.ingest.steady import measure_memory
from deploy.local.services import Services, running

STEADY_S = 20
HOUR_N = 3_600_000  # an hour at 1,000 messages a second
GOAL_BARE = 0.8
GOAL_PEER = 1.4
GOAL_GARBAGE = 0.95
GOAL_COPY = 0.4
GOAL_NARROW = 10_000
GOAL_DELAY_S = 0.5
GOAL_MEMORY = 1.1


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000, help="single-value messages of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hour", type=int, default=HOUR_N, help="messages through which memory is watched")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers to try")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # by way of what ends the sessions
    with running(CHECKOUT) as services, TemporaryDirectory() as folder, fresh_chain(services, Path(folder)) as chain:
        clock = Clock()
        steps = (
            single_rows(chain, clock, asked.messages, asked.rounds, asked.workers),
            packed_rows(chain, clock, asked.messages // 20, asked.rounds),
            narrow_rows(chain, clock, asked.messages // 2, Path(folder)),
            delay_rows(chain, clock),
            memory_rows(services, chain, clock, asked.hour),
        )
        for step in steps:
            for figure in step:
                print(figure.line(), flush=True)


def single_rows(chain: Chain, clock: Clock, n: int, n_rounds: int, n_workers: Sequence[int]) -> Iterator[Row]:
    """Single values: beside bare loops of as many workers, beside the peer, and with garbage among them."""
    own: dict[int, float] = {}
    bare: dict[int, float] = {}
    peer: dict[int, float] = {}
    garbage: dict[int, float] = {}
    for count in n_workers:
        chain.warm_up(clock.next_s(), count)
        for _ in range(n_rounds):
            note(own, count, chain.rate(single_messages(clock.next_s(), n), count))
            note(garbage, count, chain.rate(with_garbage(single_messages(clock.next_s(), n)), count))
            for protocol in PROTOCOLS:
                note(bare, count, measure_bare(chain.mqtt_url, clock.next_s(), n, protocol, count))
            note(peer, count, measure_peer(chain.mqtt_url, chain.database_url, clock.next_s(), n, count))
    best = max(own, key=own.__getitem__)
    for count in n_workers:
        name = f"ingest.single_{count}_workers"
        yield Row(name, own[count], "messages/s", reference=bare[count], goal=GOAL_BARE, is_goal_of_ratio=True)
    rate = own[best]
    yield Row(
        "ingest.single_peer", rate, "messages/s", reference=max(peer.values()), goal=GOAL_PEER, is_goal_of_ratio=True
    )
    yield Row("ingest.garbage", garbage[best], "messages/s", reference=rate, goal=GOAL_GARBAGE, is_goal_of_ratio=True)


def note(rates: dict[int, float], count: int, rate: float) -> None:
    """Keep the best."""
    rates[count] = max(rate, rates.get(count, 0.0))


def packed_rows(chain: Chain, clock: Clock, n_packs: int, n_rounds: int) -> Iterator[Row]:
    """SenML packs of 100 values beside raw binary COPY into the same hypertable."""
    rounds = [
        (
            chain.rate(packs(clock.next_s(), n_packs)) * PACK_N,
            measure_copy(chain, clock.next_s(), n_packs),
        )
        for _ in range(n_rounds)
    ]
    own, copied = (max(rates) for rates in zip(*rounds, strict=True))
    yield Row("ingest.packed", own, "measurements/s", reference=copied, goal=GOAL_COPY, is_goal_of_ratio=True)


def narrow_rows(chain: Chain, clock: Clock, n: int, folder: Path) -> Iterator[Row]:
    """A broker that lets out 20 unacknowledged messages."""
    with narrow_chain(chain, folder) as narrow:
        narrow.warm_up(clock.next_s(), 1)
        rate = max(narrow.rate(single_messages(clock.next_s(), n)) for _ in range(2))
    yield Row("ingest.narrow", rate, "messages/s", goal=GOAL_NARROW)


def delay_rows(chain: Chain, clock: Clock) -> Iterator[Row]:
    """From published to readable."""
    delays = measure_delay(chain, clock.next_s(), STEADY_S)
    for name, share in (("p50", 50), ("p99", 99)):
        goal = GOAL_DELAY_S if name == "p99" else None
        yield Row(f"ingest.delay_{name}", float(np.percentile(delays, share)), "s", better="lower", goal=goal)


def memory_rows(services: Services, chain: Chain, clock: Clock, n: int) -> Iterator[Row]:
    """The memory of a worker: after many messages beside after few, and after an outage."""
    warm, last, healed = measure_memory(services, chain, clock, n)
    for name, held in (("hour", last), ("outage", healed)):
        yield Row(
            f"ingest.memory_{name}", held, "B", better="lower", reference=warm, goal=GOAL_MEMORY, is_goal_of_ratio=True
        )


if __name__ == "__main__":
    main()
