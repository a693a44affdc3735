"""Listens to a source for some seconds and says what would be stored and what refused; it changes nothing.

It has sessions of its own at the broker, which end with it, and its transactions are rolled back.
"""

import queue
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import NamedTuple

from ingest.arrival import Chunk
from ingest.batch import Batch
from ingest.broker import Broker
from ingest.counters import Counters
from ingest.intake import Intake
from ingest.memory import Memory
from ingest.registry import Registry
from ingest.session import Session
from ingest.source import Source
from ingest.worker import Done
from store.connect import connect
from store.intake import Connection

TAKE_S = 0.2


class Stored(NamedTuple):
    """A series that would get values."""

    territory: str
    device: str
    channel: str
    quantity: str
    unit: str


class Refused(NamedTuple):
    """Why values would be refused, with an instance."""

    reason: str
    topic: str
    device: str
    detail: str


@dataclass(slots=True)
class Report:
    """What came and what would become of it; `refused` counts values. `error` is the broker's refusal or trouble."""

    n_messages: int = 0
    n_without_values: int = 0
    stored: Counter[Stored] = field(default_factory=Counter)
    refused: Counter[Refused] = field(default_factory=Counter)
    error: str = ""

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self.n_messages += batch.n_messages
        spoken = {part.arrival.received_at_us for part in batch.parts}
        spoken |= {refusal.arrival.received_at_us for refusal in batch.refusals}
        self.n_without_values += batch.n_messages - len(spoken)
        for part in batch.parts:
            for column in part.uplink.columns:
                key = Stored(part.territory, part.uplink.device, column.channel, column.quantity, column.unit)
                self.stored[key] += len(column.values)
            for rejected in part.uplink.rejected:
                text = f"{rejected.quantity}: {rejected.detail}"
                refused = Refused(rejected.reason.value, part.origin.topic, part.uplink.device, text)
                self.refused[refused] += rejected.n_values
        for refusal in batch.refusals:
            refused = Refused(refusal.reason.value, refusal.origin.topic, refusal.device or "", refusal.detail)
            self.refused[refused] += refusal.n_values

    def merge(self, other: "Report") -> None:
        """Take over what another part of the source gave."""
        self.n_messages += other.n_messages
        self.n_without_values += other.n_without_values
        self.stored += other.stored
        self.refused += other.refused
        self.error = self.error or other.error


def try_source(database_url: str, source: Source, broker: Broker, duration_s: float) -> Report:
    """Listen for so many seconds.

    Raises
    ------
    ingest.errors.RefusedError, store.errors.StoreError
        The broker refuses us, or the database cannot be used.
    """
    parts = [part for part in (source.stateless, source.stateful) if part.rules]
    report = Report()
    with ThreadPoolExecutor(max(len(parts), 1)) as threads:
        futures = [threads.submit(try_part, database_url, part, broker, duration_s) for part in parts]
    for future in futures:
        report.merge(future.result())
    return report


def try_part(database_url: str, source: Source, broker: Broker, duration_s: float) -> Report:
    """Listen to the topics of some rules. Raises as `try_source` does."""
    guest = replace(
        broker,
        client_id=f"vigie-test-{token_hex(6)}",
        is_kept=False,
        wants_retained=any(rule.stateful for rule in source.rules),
    )
    inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    session = Session(guest, [rule.topic_filter for rule in source.rules], inbox, Counters())
    report = Report()
    with closing(connect(database_url, program="source test")) as connection, ThreadPoolExecutor(1) as thread:
        intake = Intake(source, Registry(), recall(connection, source))
        network = thread.submit(session.run)
        try:
            for chunk in take(inbox, time.monotonic() + duration_s):
                intake.prepare(connection, time.monotonic())
                connection.rollback()
                report.add(assess(connection, intake, chunk))
                session.hand_back(Done([chunk]))
        finally:
            report.error = session.health.error
            session.close()
            intake.close()
        network.result()
    return report


def recall(connection: Connection, source: Source) -> Memory:
    """Read what is remembered of the source."""
    memory = Memory()
    formats = {rule.stateful.name: rule.stateful for rule in source.rules if rule.stateful is not None}
    memory.load(connection, source.memory_name or source.name, formats.values())
    connection.rollback()
    return memory


def take(inbox: "queue.SimpleQueue[Chunk | None]", deadline: float) -> Iterator[Chunk]:
    """Give chunks until the deadline or until the session has ended."""
    while (now := time.monotonic()) < deadline:
        try:
            chunk = inbox.get(timeout=min(TAKE_S, deadline - now))
        except queue.Empty:
            continue
        if chunk is None:
            return
        yield chunk


def assess(connection: Connection, intake: Intake, chunk: Chunk) -> Batch:
    """Decode messages and find their devices and series; nothing of it stays in the store."""
    try:
        return intake.assemble(connection, intake.decode(chunk.arrivals), time.monotonic())
    finally:
        connection.rollback()
        intake.registry.forget_made()


def by_count(counts: Counter[Refused]) -> Iterable[tuple[Refused, int]]:
    """Give one instance of each reason and device with its count, the most frequent first."""
    joined: dict[tuple[str, str], tuple[Refused, int]] = {}
    for refused, n_values in counts.items():
        first, n_before = joined.get((refused.reason, refused.device), (refused, 0))
        joined[refused.reason, refused.device] = first, n_before + n_values
    return sorted(joined.values(), key=lambda pair: -pair[1])
