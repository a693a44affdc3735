"""Reads the own broker's formats without state, together with any number of workers: each serves a slot of its own.

A slot is a session with the broker. The broker deals messages out to all sessions that share, also to one that nobody
serves: so a starting worker takes such a slot before it makes another, and one that stays alone is adopted: its
subscriptions end, what the broker had put by for it is stored, and the session ends.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from secrets import token_hex

import psycopg
import structlog

from ingest.broker import read_broker_url
from ingest.counters import Counters
from ingest.errors import UnusableStoreError
from ingest.health import Health
from ingest.keeper import PASSING
from ingest.parts import Parts, make_parts, run_parts
from ingest.settings import Settings
from ingest.source import own_source
from ingest.worker import outdated
from store.connect import connect
from store.intake import Connection
from store.slots import (
    Slot,
    SlotState,
    claim_share,
    forget_slot,
    hold_slot,
    let_go_of_slot,
    make_slot,
    read_slots,
)

LOG = structlog.get_logger()
PERIOD_S = 1.0
GRACE_S = 10.0  # for a worker to start again and find its session as it left it
MAX_ADOPTED = 4


@dataclass(slots=True)
class Service:
    """A slot that this worker reads, and how to end that."""

    slot: Slot
    parts: Parts
    is_adopted: bool
    is_held: bool = True
    stop: threading.Event = field(default_factory=threading.Event)
    future: "Future[None]" = field(default_factory=Future)


class SlotKeeper:
    """Serves one slot, and adopts those that nobody has served for a while."""

    def __init__(self, settings: Settings, counters: Counters) -> None:
        self._settings = settings
        self._counters = counters
        self._source = own_source(settings.territory).stateless
        self._connection: Connection | None = None
        self._services: list[Service] = []
        self._alone_since: dict[int, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set. Raises IngestError or StoreError where that can be of no use."""
        try:
            with ThreadPoolExecutor(1 + MAX_ADOPTED, "slot") as threads:
                self._look_after(threads, stop)
            self._raise_failures()
        finally:
            self._disconnect()  # only now may others take what we held

    def end(self) -> None:
        """Have all sessions end, at any time: `run` itself may be waiting for a store that does not answer."""
        for service in list(self._services):
            service.stop.set()

    def healths(self) -> list[tuple[str, Health]]:
        """Give client id and health of each session, at any time."""
        return [(service.slot.client_id, service.parts.session.health) for service in list(self._services)]

    def _look_after(self, threads: ThreadPoolExecutor, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self._look(threads)
                stop.wait(PERIOD_S)
        finally:
            self.end()

    def _look(self, threads: ThreadPoolExecutor) -> None:
        """See to the slots once; while the store is away, sessions go on without it."""
        self._raise_failures()
        try:
            connection = self._connect()
            self._put_away(connection)
            if all(service.is_adopted for service in self._services):
                self._begin(threads, take_slot(connection, self._settings), is_adopted=False)
            for slot in self._find_alone(read_slots(connection, self._source.memory_name), time.monotonic()):
                if hold_slot(connection, slot):
                    self._begin(threads, slot, is_adopted=True)
        except PASSING as error:
            LOG.warning("slots_unread", error=str(error).strip())
            self._disconnect()
        except psycopg.ProgrammingError as error:
            raise UnusableStoreError(outdated(error)) from error

    def _connect(self) -> Connection:
        """Give the connection that holds our slots; a new one takes hold of them, or they are no longer ours."""
        if self._connection is None:
            self._connection = connect(self._settings.database_url, program="ingest slots", autocommit=True)
            for service in self._services:
                service.is_held = hold_slot(self._connection, service.slot)
                if not service.is_held:
                    service.stop.set()
        return self._connection

    def _begin(self, threads: ThreadPoolExecutor, slot: Slot | None, *, is_adopted: bool) -> None:
        """Read a slot that we hold; None: another was quicker, the next look finds one."""
        if slot is None:
            return
        LOG.info("slot_adopted" if is_adopted else "slot_taken", client_id=slot.client_id)
        broker = read_broker_url(self._settings.mqtt_url, slot.client_id, self._settings.window_n)
        broker = replace(broker, ends_when_taken_over=True, is_ending=is_adopted)
        parts = make_parts(
            self._settings.database_url, self._source, broker, self._counters, topic_filters=slot.topic_filters
        )
        service = Service(slot, parts, is_adopted)
        service.future = threads.submit(run_parts, parts, service.stop)
        self._services.append(service)

    def _put_away(self, connection: Connection) -> None:
        """Forget slots that are empty and let go of those whose session another has taken."""
        for service in [service for service in self._services if service.future.done()]:
            self._services.remove(service)
            if service.parts.session.is_drained:
                LOG.info("slot_emptied", client_id=service.slot.client_id)
                forget_slot(connection, service.slot)
            elif service.is_held:
                let_go_of_slot(connection, service.slot)

    def _raise_failures(self) -> None:
        for service in self._services:
            if service.future.done():
                service.future.result()

    def _find_alone(self, states: Sequence[SlotState], now: float) -> list[Slot]:
        """Give the slots that nobody has held at any look for the time of grace, as many as we may adopt."""
        alone = {state.slot.slot_id: state.slot for state in states if not state.is_held}
        self._alone_since = {slot_id: self._alone_since.get(slot_id, now) for slot_id in alone}
        due = [slot for slot_id, slot in alone.items() if now - self._alone_since[slot_id] >= GRACE_S]
        return due[: MAX_ADOPTED - sum(service.is_adopted for service in self._services)]

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def take_slot(connection: Connection, settings: Settings) -> Slot | None:
    """Hold a slot that nobody holds and that reads just our topics, else a new one; None where another was quicker."""
    pool = own_source(settings.territory).memory_name
    topic_filters = share_filters(connection, settings)
    for state in read_slots(connection, pool):
        if not state.is_held and state.slot.topic_filters == topic_filters and hold_slot(connection, state.slot):
            return state.slot
    slot = make_slot(connection, pool, f"vigie-{token_hex(8)}", topic_filters)
    return slot if hold_slot(connection, slot) else None


def share_filters(connection: Connection, settings: Settings) -> tuple[str, ...]:
    """Give the shared subscriptions of this worker's pool (MQTT 5.0, 4.8.2)."""
    source = own_source(settings.territory).stateless
    share = claim_share(connection, source.memory_name, f"vigie-{token_hex(8)}")
    return tuple(f"$share/{share}/{topic_filter}" for topic_filter in source.topic_filters)
