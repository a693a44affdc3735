"""Vigie's own workers as they are run for real, and how fast they take what lies ready for them."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.database import fresh_database
from bench.ingest.loading import load
from bench.ingest.messages import N_DEVICES, TERRITORY, Message, device_of, single_messages
from bench.ingest.sessions import end_session
from deploy.local.services import Services
from deploy.processes import Program, first_ended, start_program, stop_programs
from store.registry import DeviceEntry, TerritoryEntry, register

PATIENCE_S = 300.0
POLL_S = 0.02
OWN = ("ingest",)


class BenchError(Exception):
    """A measurement could not be made."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A broker, a database with the devices, and where the workers' logs go."""

    mqtt_url: str
    database_url: str
    folder: Path
    arguments: tuple[str, ...] = OWN

    @contextmanager
    def workers(self, n: int = 1) -> Iterator[list[Program]]:
        """Run so many workers, and end them; the broker keeps their sessions."""
        environment = {
            "VIGIE_DATABASE_URL": self.database_url,
            "VIGIE_MQTT_URL": self.mqtt_url,
            "VIGIE_INGEST_TERRITORY": TERRITORY,
        }
        arguments = [*self.arguments, "--workers", str(n)]
        programs = [start_program("ingest", arguments, environment, self.folder / "ingest.log")]
        try:
            yield programs
            if ended := first_ended(programs):
                raise BenchError(f"a worker ended by itself: {ended.last_words()}")
        finally:
            stop_programs(programs, timeout_s=15)

    def warm_up(self, first_s: int, n_workers: int) -> None:
        """Have the workers subscribe and make the series, so that messages may then be queued for them."""
        with self.workers(n_workers):
            self.wait_for_sessions(n_workers)
            before = self.count_settled()
            load(self.mqtt_url, single_messages(first_s, N_DEVICES))
            self.wait_for(before + N_DEVICES)

    def rate(self, messages: Iterable[Message], n_workers: int = 1) -> float:
        """Queue messages for workers that are away, let them come, and give the messages they settled a second.

        The time runs from the first arrival to the instant at which a reader sees all committed.
        """
        before, last_batch = self.count_settled(), self.last_batch()
        n = load(self.mqtt_url, messages)
        with self.workers(n_workers):
            ended_at = self.wait_for(before + n)
        if (too_many := self.count_settled() - before - n) > 0:
            raise BenchError(f"{too_many} messages of earlier runs came too")
        return n / (ended_at - self.first_arrival(last_batch))

    def wait_for_sessions(self, n_workers: int = 1) -> None:
        """Wait until every session says that it is connected, from now on."""
        began_at, deadline = time.time(), time.monotonic() + PATIENCE_S
        n_sessions = n_workers + (self.arguments == OWN)  # one more owns the topics of formats with state
        query = "select count(*) from source_states where is_connected and noted_at > to_timestamp(%s)"
        while self.read(query, began_at) < n_sessions:
            if time.monotonic() > deadline:
                raise BenchError("the workers do not connect")
            time.sleep(POLL_S)

    def end_sessions(self) -> None:
        """Have the broker forget what it keeps for these workers."""
        with psycopg.connect(self.database_url) as connection:
            slots = connection.execute("select client_id from ingest_slots union select client_id from ingest_sessions")
            for (client_id,) in slots:
                with suppress(OSError):
                    end_session(self.mqtt_url, client_id)

    def wait_for(self, n_settled: int) -> float:
        """Wait until so many messages are committed, and give the time [s since 1970]."""
        deadline = time.monotonic() + PATIENCE_S
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            while (found := count_settled(connection)) < n_settled:
                if time.monotonic() > deadline:
                    raise BenchError(f"{n_settled - found} messages are not committed")
                time.sleep(POLL_S)
        return time.time()

    def count_settled(self) -> int:
        """Count the messages whose fate is committed."""
        with psycopg.connect(self.database_url) as connection:
            return count_settled(connection)

    def last_batch(self) -> int:
        """Give the number of the newest batch."""
        return int(self.read("select coalesce(max(batch_id), 0) from batches"))

    def first_arrival(self, last_batch: int) -> float:
        """Give when the first message after a batch came to a worker [s since 1970]."""
        return self.read(
            "select extract(epoch from min(received_at))::float8 from batches where batch_id > %s", last_batch
        )

    def read(self, query: str, *parameters: float) -> float:
        """Give the one number that a query asks for."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query, parameters).fetchone()  # type: ignore[arg-type]  # of this package
        return float(row[0]) if row else 0.0


def count_settled(connection: "psycopg.Connection[tuple[int, ...]]") -> int:
    """Count the messages whose fate is committed: one row a batch."""
    row = connection.execute("select coalesce(sum(n_messages), 0)::bigint from batches").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def fresh_chain(services: Services, folder: Path) -> Iterator[Chain]:
    """Give a chain of its own, gone afterwards."""
    with fresh_database(services) as url:
        with psycopg.connect(url) as connection:
            devices = [DeviceEntry(TERRITORY, device_of(index)) for index in range(N_DEVICES)]
            register(connection, [TerritoryEntry(TERRITORY, "Bench")], devices=devices)
        chain = Chain(services.mqtt_url, url, folder)
        try:
            yield chain
        finally:
            chain.end_sessions()
