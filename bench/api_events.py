"""Many clients that listen while measurements are stored: how many are lost, and how late the others come."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import numpy as np
import psycopg

from analytics.evaluate.row import Row
from bench.api_client import opened
from store.connect import connect
from store.intake import BatchEntry, Rows, copy_measurements, insert_batch

GOAL_P99_S = 1.0
BATCHES_PER_S = 10
PATIENCE_S = 300.0
PAUSE_S = 0.1
LOG = """
insert into deliveries_log (batch_id, territory_id, device_id, arrival_hour, n_messages, n_received, n_stored,
                            n_duplicate, n_rejected, n_revised)
select distinct %s::int, territory_id, device_id, date_trunc('hour', now()), 1, 1, 1, 0, 0, 0
from series where series_id = any (%s)
"""


class Item(msgspec.Struct):
    """A measurement as it is told; the value counts them."""

    observed_at: datetime
    value: float


class Items(msgspec.Struct):
    """What an event tells."""

    items: list[Item]


@dataclass(slots=True)
class Heard:
    """What all clients have heard: how many each, and delays [s]."""

    n: list[int]
    sums: list[float]
    delays_s: list[float] = field(default_factory=list)


async def measure_events(database_url: str, address: str, key: str, n_clients: int, rate: int, seconds: int) -> None:
    """Let clients listen, store `rate` measurements a second, and say what came."""
    with connect(database_url, program="bench", autocommit=True) as connection:
        ids = [row[0] for row in connection.execute("select series_id from series order by 1")]
        heard = Heard([0] * n_clients, [0.0] * n_clients)
        ready = asyncio.Semaphore(0)
        tasks = [asyncio.create_task(listen(address, key, heard, index, ready)) for index in range(n_clients)]
        for _ in tasks:
            async with asyncio.timeout(PATIENCE_S):
                await ready.acquire()
        n_stored = await asyncio.to_thread(store_steadily, connection, ids, rate, seconds)
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            if min(heard.n) >= n_stored:
                break
            await asyncio.sleep(PAUSE_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    tell(heard, n_stored)


def tell(heard: Heard, n_stored: int) -> None:
    """Print what was lost and how late the rest came."""
    expected = n_stored * (n_stored - 1) / 2
    n_wrong = sum(n != n_stored or total != expected for n, total in zip(heard.n, heard.sums, strict=True))
    n_lost = sum(max(0, n_stored - n) for n in heard.n)
    delays = np.array(heard.delays_s)
    n = len(heard.n)
    print(Row("api.events_lost", n_lost, "1", "lower", goal=0.0, n=n_stored * n).line(), flush=True)
    print(Row("api.events_clients_wrong", n_wrong, "1", "lower", goal=0.0, n=n).line(), flush=True)
    for name, share, goal in (("p50", 0.5, None), ("p99", 0.99, GOAL_P99_S)):
        value = float(np.quantile(delays, share)) if delays.size else float("inf")
        print(Row(f"api.events_{name}", value, "s", "lower", goal=goal, n=delays.size).line(), flush=True)


async def listen(address: str, key: str, heard: Heard, index: int, ready: asyncio.Semaphore) -> None:
    """Hear events until cancelled."""
    decoder = msgspec.json.Decoder(Items)
    async with opened(address, key) as line:
        rest, is_ready = b"", False
        async for part in line.parts("/v1/events?kind=measurements"):
            *lines, rest = (rest + part).split(b"\n")
            if not is_ready and b"heartbeat" in part:
                is_ready = True
                ready.release()
            for text in lines:
                if text.startswith(b"data: "):
                    note(heard, index, decoder.decode(text[6:]).items)


def note(heard: Heard, index: int, items: list[Item]) -> None:
    """Count what one client has heard."""
    now = datetime.now(UTC)
    heard.n[index] += len(items)
    heard.sums[index] += sum(item.value for item in items)
    heard.delays_s += [(now - item.observed_at).total_seconds() for item in items[:: max(1, len(items) // 5)]]


def store_steadily(connection: psycopg.Connection[tuple[object, ...]], ids: list[int], rate: int, seconds: int) -> int:
    """Store so many measurements a second, a series at most once a batch, numbered from 0; give how many."""
    n_batch = min(len(ids), rate // BATCHES_PER_S)
    series_ids, done = np.array(ids[:n_batch], dtype=np.int32), 0
    begin = time.monotonic()
    for number in range(rate * seconds // n_batch):
        time.sleep(max(0.0, begin + number * n_batch / rate - time.monotonic()))
        now_us = time.time_ns() // 1000
        values = np.arange(done, done + n_batch, dtype=np.float64)
        with connection.transaction():
            batch_id = insert_batch(connection, BatchEntry("bench", now_us, n_batch, n_batch, "bench/1"))
            copy_measurements(connection, batch_id, Rows(series_ids, np.full(n_batch, now_us, np.int64), values))
            connection.execute(LOG, (batch_id, series_ids.tolist()))
        done += n_batch
    return done
