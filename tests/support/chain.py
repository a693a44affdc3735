"""The chain for tests: a territory with devices, a worker on it, and what the store holds afterwards."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from ingest.counters import Counters
from ingest.program import run
from ingest.settings import Settings
from ingest.slots import take_slot
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from store.slots import Slot, let_go_of_slot
from tests.support.publisher import Message, end_session, open_session
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

START_US = 1_780_000_000_000_000  # some instant of May 2026
WORKER = "from ingest.program import main; from ingest.settings import read_settings; main(read_settings())"


@dataclass(slots=True)
class Chain:
    """One territory on its own database; `settings` are those of its worker."""

    settings: Settings
    territory: str

    def topic(self, device: str) -> str:
        """Give the uplink topic of a device."""
        return f"vigie/{self.territory}/{device}/up"

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        with psycopg.connect(self.settings.database_url) as connection:
            return connection.execute(query.encode()).fetchall()

    def number(self, query: str) -> int:
        """Ask the store for one number."""
        return int(self.fetch(query)[0][0])

    def ledger(self) -> tuple[int, int, int, int]:
        """Give received, stored, duplicate, rejected over all devices and hours."""
        query = """
            select coalesce(sum(n_received), 0), coalesce(sum(n_stored), 0),
                   coalesce(sum(n_duplicate), 0), coalesce(sum(n_rejected), 0)
            from delivery_ledger
        """
        received, stored, duplicate, rejected = self.fetch(query)[0]
        return int(received), int(stored), int(duplicate), int(rejected)

    def wait_for_stored(self, n_values: int, timeout_s: float = 40.0) -> None:
        """Wait until at least so many measurements are there."""
        wait_until(
            lambda: self.number("select count(*) from measurements") >= n_values,
            f"{n_values} stored measurements",
            timeout_s,
        )


def make_chain(database_url: str, mqtt_url: str, territory: str, devices: list[DeviceEntry] | None = None) -> Chain:
    """Register a territory with devices d-0 to d-9, or those given; the broker keeps its messages from now on."""
    entries = devices or [DeviceEntry(territory, f"d-{number}") for number in range(10)]
    with psycopg.connect(database_url) as connection:
        register(connection, territories=[TerritoryEntry(territory, territory)], devices=entries)
    settings = Settings(database_url, mqtt_url, territory=territory)
    open_slot(settings)
    return Chain(settings, territory)


def open_slot(settings: Settings) -> Slot:
    """Have the broker keep messages in a slot that the next worker to start will take."""
    with connect(settings.database_url, program="test", autocommit=True) as connection:
        slot = take_slot(connection, settings)
        assert slot is not None
        open_session(settings.mqtt_url, slot.client_id, *slot.topic_filters)
        let_go_of_slot(connection, slot)
    return slot


def single_values(chain: Chain, n_messages: int, first: int = 0) -> list[Message]:
    """Make messages of one value each, all at different instants: device d-(i mod 10), value i, second i."""
    return [
        Message(
            chain.topic(f"d-{i % 10}"),
            b'{"at":%d.25,"values":{"active_power":%d.5}}' % (START_US // 1_000_000 + i, i),
        )
        for i in range(first, first + n_messages)
    ]


def expected_values(n_messages: int) -> set[tuple[str, int, float]]:
    """Give what `single_values` stores, as (device, microseconds, value)."""
    return {(f"d-{i % 10}", START_US + i * 1_000_000 + 250_000, i + 0.5) for i in range(n_messages)}


def stored_values(chain: Chain) -> list[tuple[str, int, float]]:
    """Give all measurements as (device, microseconds, value)."""
    query = """
        select d.external_id, (extract(epoch from m.observed_at) * 1000000)::bigint, m.value
        from measurements m join series s using (series_id) join devices d using (device_id)
    """
    return [(str(device), int(at), float(value)) for device, at, value in chain.fetch(query)]


@contextmanager
def working(chain: Chain, **changes: Any) -> Iterator["Future[Counters]"]:
    """Run a worker in threads of this process; it must end without an error."""
    stop = threading.Event()
    settings = replace(chain.settings, **changes)
    with ThreadPoolExecutor(1) as threads:
        future = threads.submit(run, settings, stop)
        try:
            yield future
        finally:
            stop.set()
            future.result(timeout=30)
            end_sessions(chain)


def end_sessions(chain: Chain) -> None:
    """Have the broker forget all sessions that the store names."""
    for (client_id,) in chain.fetch("select client_id from ingest_sessions union select client_id from ingest_slots"):
        end_session(chain.settings.mqtt_url, str(client_id))


@contextmanager
def worker_process(chain: Chain) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker as a process of its own; killed at the end if it still runs."""
    settings = chain.settings
    environment = {
        **os.environ,
        "VIGIE_DATABASE_URL": settings.database_url,
        "VIGIE_MQTT_URL": settings.mqtt_url,
        "VIGIE_INGEST_TERRITORY": chain.territory,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(10)
