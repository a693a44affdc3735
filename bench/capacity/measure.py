"""What a message and a value cost each part, and a value on disk: `python -m bench.capacity.measure`. JSON lines.

Messages of one value and packs of 100 go through broker, one worker and store; two equations give the cost of a message
and of a value. The figures are those of `costs.toml`; what analytics costs is measured by `make small`.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from analytics.evaluate.row import Row
from bench.capacity.taking import Taken, take
from bench.database import CHECKOUT
from bench.ingest.chain import Chain, fresh_chain
from bench.ingest.messages import N_DEVICES, PACK_N, Clock, packs, single_messages
from bench.soak.proc import read_tree
from deploy.local.services import Services, running
from store.sql import load_queries

MB = 1e6
QUERIES = load_queries(__file__)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=60_000)
    asked = parser.parse_args()
    with running(CHECKOUT) as services, TemporaryDirectory() as folder, fresh_chain(services, Path(folder)) as chain:
        for row in measure(services, chain, asked.messages):
            print(row.line(), flush=True)


def measure(services: Services, chain: Chain, n: int) -> Iterator[Row]:
    """Give the rows."""
    embedded, clock = services.embedded, Clock()
    assert embedded is not None, "the services are our own"
    chain.warm_up(clock.next_s(), 1)
    with chain.workers() as programs:
        chain.wait_for_sessions(1)
        ingest = programs[0].process.pid
        pids = {"broker": embedded.mosquitto_pid, "ingest": ingest, "database": embedded.postgres_pid}
        warm = take(chain, pids, single_messages(clock.next_s(), n // 10))
        single = take(chain, pids, single_messages(clock.next_s(), n))
        packed = take(chain, pids, packs(clock.next_s(), n // 20))
        memory_b = read_tree(ingest).whole_b
        n_sessions = read_one(chain, "count_sessions")
    for part in pids:
        value_us = max(0.0, (packed.each_us(part) - single.each_us(part)) / (PACK_N - 1))
        yield Row(f"capacity.{part}_us_per_message", single.each_us(part) - value_us, "us", "lower", n=n)
        yield Row(f"capacity.{part}_us_per_value", value_us, "us", "lower", n=packed.n_messages * PACK_N)
    yield Row("capacity.ingest_memory", memory_b / MB, "MB", "lower")
    yield Row("capacity.ingest_sessions", n_sessions, "1", "lower")
    yield Row("capacity.raw_bytes_per_value", raw_bytes(chain, (warm, single, packed)), "B", "lower")
    yield Row("capacity.messages_per_batch", single.n_messages / single.n_batches, "1")
    yield Row("capacity.messages_per_s", single.n_messages / single.seconds, "1/s")


def raw_bytes(chain: Chain, taken: tuple[Taken, Taken, Taken]) -> float:
    """Give what a value takes on disk with its index [B]."""
    warm, single, packed = (one.n_messages for one in taken)
    return read_one(chain, "read_measurement_bytes") / (N_DEVICES + warm + single + packed * PACK_N)


def read_one(chain: Chain, name: str) -> float:
    """Ask for a number."""
    with psycopg.connect(chain.database_url) as connection:
        row = connection.execute(QUERIES[name]).fetchone()
    return float(row[0]) if row else 0.0


if __name__ == "__main__":
    main()
