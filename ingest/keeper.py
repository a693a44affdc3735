"""Reads topics that must have one reader among all workers: becomes their owner, or stands by until it can.

The ownership is a lock of the database session that also writes the batches: who has lost one has lost both, so a
former owner can write nothing. The session with the broker belongs to the topics, not to the worker: its client id is
in the store, and the next owner finds what the broker kept.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from secrets import token_hex

import psycopg
import structlog

from ingest.broker import Broker
from ingest.counters import Counters
from ingest.errors import OwnershipLostError, RefusedError, SettingsError
from ingest.health import Health
from ingest.memory import Memory
from ingest.parts import Owned, make_parts, run_parts
from ingest.source import Source
from store.connect import connect
from store.errors import UnreachableError
from store.intake import Connection, prepare_session
from store.memory import claim_client_id, try_own

LOG = structlog.get_logger()
STAND_BY_S = 1.0
AGAIN_S = 1.0
REFUSED_AGAIN_S = 30.0
PASSING = (UnreachableError, psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
MakeBroker = Callable[[str], Broker]


class Keeper:
    """Owns the topics of `source` whenever no other worker does.

    `make_broker` gives the broker for a client id. A patient keeper tries again when the broker refuses it.
    """

    def __init__(
        self,
        database_url: str,
        source: Source,
        name: str,
        make_broker: MakeBroker,
        counters: Counters,
        *,
        is_patient: bool,
    ) -> None:
        self.source = source
        self.name = name
        self.health: Health | None = None
        self._database_url = database_url
        self._make_broker = make_broker
        self._counters = counters
        self._is_patient = is_patient

    def run(self, stop: threading.Event) -> None:
        """Own and read until `stop` is set. Raises IngestError or StoreError where that can be of no use."""
        while not stop.is_set():
            pause_s = AGAIN_S
            try:
                self._own(stop)
            except (*PASSING, OwnershipLostError) as error:
                LOG.warning("ownership_ended", name=self.name, error=str(error).strip())
            except (RefusedError, SettingsError) as error:
                if not self._is_patient:
                    raise
                LOG.error("source_unusable", name=self.name, error=str(error))  # noqa: TRY400  # a sentence says it
                self.health = self.health or Health()
                self.health.lose(str(error))
                pause_s = REFUSED_AGAIN_S
            stop.wait(pause_s)

    def _own(self, stop: threading.Event) -> None:
        with closing(connect(self._database_url, program="ingest")) as connection:
            while not try_own(connection, self.name):
                self.health = None
                if stop.wait(STAND_BY_S):
                    return
            broker = self._make_broker(claim_client_id(connection, self.name, f"vigie-{token_hex(8)}"))
            LOG.info("ownership_begun", name=self.name, client_id=broker.client_id)
            owned = Owned(connection, self._recall(connection))
            parts = make_parts(self._database_url, self.source, broker, self._counters, owned)
            self.health = parts.session.health
            run_parts(parts, stop)

    def _recall(self, connection: Connection) -> Memory:
        """Read what the last owner left."""
        prepare_session(connection)
        memory = Memory()
        formats = {rule.stateful.name: rule.stateful for rule in self.source.rules if rule.stateful is not None}
        memory.load(connection, self.source.memory_name or self.source.name, formats.values())
        connection.commit()
        return memory
