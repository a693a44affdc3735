"""Keeps a reader for each source that needs one owner, as the store lists them, and notes how their sessions fare."""

import os
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import psycopg
import structlog

from ingest.broker import Broker, read_broker_url
from ingest.client import DroppedCount
from ingest.counters import Counters
from ingest.errors import SettingsError, UnusableStoreError
from ingest.foreign import make_broker, make_source
from ingest.health import Health
from ingest.history import History
from ingest.keeper import PASSING, Keeper, MakeBroker
from ingest.settings import Settings
from ingest.source import OWN, Source, own_source
from ingest.worker import outdated
from sensors.sparkplug_host import N_RECENT
from sensors.sparkplug_state import host_id
from store.connect import connect
from store.intake import Connection
from store.sources import SourceEntry, StateRow, read_sources, write_states
from store.usage import Meter, note_usage

LOG = structlog.get_logger()
PERIOD_S = 2.0
FIRST_S = 0.5
MAX_KEEPERS = 200


@dataclass(slots=True)
class Running:
    """The keepers of one source, and how to end them."""

    entry: SourceEntry | None
    keepers: list[Keeper]
    stop: threading.Event = field(default_factory=threading.Event)
    futures: list["Future[None]"] = field(default_factory=list)


class Supervisor:
    """Begins and ends keepers as sources are added, changed and removed."""

    def __init__(
        self,
        settings: Settings,
        counters: Counters,
        own_healths: Callable[[], list[tuple[str, Health]]],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """Put it together; `own_healths` gives the other sessions of the own broker, whose states are noted too."""
        self._settings = settings
        self._counters = counters
        self._environment = environment
        self._connection: Connection | None = None
        self._running: dict[str, Running] = {}
        self._own_healths = own_healths
        self._faults: dict[str, str] = {}
        self._dropped: DroppedCount | None = None
        if settings.reads_own:
            self._dropped = DroppedCount(read_broker_url(settings.mqtt_url, "", settings.window_n))
        self._meter = Meter("ingest", counters.count_bytes)
        self._history = History(f"{socket.gethostname()}:{os.getpid()}", self._dropped)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. Raises IngestError or StoreError where a keeper does."""
        with ThreadPoolExecutor(MAX_KEEPERS, "keeper") as threads:
            try:
                if self._dropped is not None:
                    self._dropped.start()
                if self._settings.reads_own:
                    self._begin(threads, OWN, Running(None, [self._own_keeper()]))
                self._look_after(threads, stop)
            finally:
                for running in self._running.values():
                    running.stop.set()
                if self._dropped is not None:
                    self._dropped.stop()

    def _look_after(self, threads: ThreadPoolExecutor, stop: threading.Event) -> None:
        try:
            while not stop.wait(PERIOD_S if self._connection else FIRST_S):
                self._raise_failures()
                self._look(threads)
        finally:
            self._disconnect()

    def _look(self, threads: ThreadPoolExecutor) -> None:
        """Read the sources and write the states once; while the store is away, all goes on as it is."""
        try:
            self._connection = self._connection or connect(
                self._settings.database_url, program="ingest sources", autocommit=True
            )
            self._adjust(threads, read_sources(self._connection))
            self._history.write(self._connection, self._healths())
            write_states(self._connection, self._states())
            if self._meter.is_due:
                note_usage(self._connection, self._meter.take())
        except PASSING as error:
            LOG.warning("sources_unread", error=str(error).strip())
            self._history.lose_store(str(error).strip())
            self._disconnect()
        except psycopg.ProgrammingError as error:
            raise UnusableStoreError(outdated(error)) from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _adjust(self, threads: ThreadPoolExecutor, entries: Iterable[SourceEntry]) -> None:
        """Bring the keepers in line with the store."""
        wanted = {entry.name: entry for entry in entries if entry.has_broker and self._settings.reads(entry.name)}
        if missing := set(self._settings.sources) - wanted.keys() - self._running.keys() - {OWN}:
            raise SettingsError(f"there is no source {', '.join(sorted(missing))}: see `vigie source list`")
        for name, running in list(self._running.items()):
            if running.entry is not None and wanted.get(name) != running.entry:
                running.stop.set()
                if all(future.done() for future in running.futures):
                    del self._running[name]
        for name, entry in wanted.items():
            if name not in self._running and self._is_usable(entry):
                self._begin(threads, name, Running(entry, list(self._keepers(entry))))

    def _is_usable(self, entry: SourceEntry) -> bool:
        """Say whether the source's rules can be used; if not, that is its state."""
        try:
            make_source(entry)
        except SettingsError as error:
            self._faults[entry.name] = str(error)
            return False
        self._faults.pop(entry.name, None)
        return True

    def _begin(self, threads: ThreadPoolExecutor, name: str, running: Running) -> None:
        self._running[name] = running
        running.futures = [threads.submit(keeper.run, running.stop) for keeper in running.keepers]

    def _keepers(self, entry: SourceEntry) -> Iterable[Keeper]:
        """Give one keeper for what needs an order and one for the rest."""
        source = make_source(entry)
        for part, suffix, is_ordered in ((source.stateless, "", False), (source.stateful, "/state", True)):
            if part.rules:
                broker_of = partial(self._foreign_broker, entry, is_ordered)
                yield self._keeper(replace(part, memory_name=entry.name), entry.name + suffix, broker_of)

    def _keeper(self, source: Source, name: str, broker_of: MakeBroker) -> Keeper:
        url, counters = self._settings.database_url, self._counters
        return Keeper(url, source, name, broker_of, counters, is_patient=source.name != OWN)

    def _own_keeper(self) -> Keeper:
        source = own_source(self._settings.territory).stateful
        return self._keeper(source, f"{source.memory_name}/state", self._own_broker)

    def _own_broker(self, client_id: str) -> Broker:
        broker = read_broker_url(self._settings.mqtt_url, client_id, self._settings.window_n)
        return replace(as_owner(broker, is_ordered=True), sparkplug_host=host_id(self._settings.territory))

    def _foreign_broker(self, entry: SourceEntry, is_ordered: bool, client_id: str) -> Broker:
        if is_ordered and make_source(entry).stateless.rules:  # the dictated one is that of the other session
            entry = replace(entry, client_id=None)
        broker = make_broker(entry, client_id, self._settings.window_n, self._environment)
        return as_owner(broker, is_ordered=is_ordered)

    def _healths(self) -> list[tuple[str, str, Health]]:
        healths = [(OWN, session, health) for session, health in self._own_healths()]
        healths += (
            (keeper.source.name, keeper.name, keeper.health)
            for running in self._running.values()
            for keeper in running.keepers
            if keeper.health is not None
        )
        return healths

    def _states(self) -> list[StateRow]:
        states = [make_state(source, session, health) for source, session, health in self._healths()]
        return states + [make_state(name, name, Health(error=fault)) for name, fault in self._faults.items()]

    def _raise_failures(self) -> None:
        for running in self._running.values():
            for future in running.futures:
                if future.done() and not running.stop.is_set():
                    future.result()


def as_owner(broker: Broker, *, is_ordered: bool) -> Broker:
    """Have the session end when another takes its client id; of what is ordered, take little at a time.

    After a lost connection all that was unacknowledged comes again: no more than a format recognises.
    """
    if not is_ordered:
        return replace(broker, ends_when_taken_over=True)
    return replace(broker, ends_when_taken_over=True, wants_retained=True, receive_maximum=N_RECENT)


def make_state(source: str, session: str, health: Health) -> StateRow:
    """Give the row of a session's state."""
    return StateRow(
        source, session, health.is_connected, health.changed_at_us, health.last_message_at_us or None, health.error
    )
