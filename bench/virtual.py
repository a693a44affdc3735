"""An ingest worker in another time: each message arrives when it is said to, decoded, judged and stored as ever.

There is no broker: what brings messages in cannot be moved in time. Everything behind it is the worker's own.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from ingest.account import Outcome
from ingest.arrival import Arrival
from ingest.intake import Intake
from ingest.newest import newest_of
from ingest.registry import Registry
from ingest.source import own_source
from ingest.writer import Writer
from store.intake import prepare_session
from store.newest import upsert_newest

COMMITTED = "update batches set committed_at = received_at + interval '1 second' where batch_id = %s"


class VirtualWorker:
    """Settles messages of one territory, or of any, over the connection it is given."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], territory: str | None = None) -> None:
        self._connection = connection
        self._intake = Intake(own_source(territory), Registry())
        self._now_s = 0.0
        self._writer = Writer("virtual", lambda: self._now_s)
        prepare_session(connection)
        connection.commit()

    def settle(self, messages: Sequence[tuple[str, bytes]], received_at_us: int) -> Outcome:
        """Settle messages (topic, payload) that arrive together, microseconds after one another, as one batch."""
        self._now_s = received_at_us / 1e6
        self._intake.prepare(self._connection, self._now_s)
        arrivals = [
            Arrival(topic.encode(), payload, 0, received_at_us + index)
            for index, (topic, payload) in enumerate(messages)
        ]
        batch = self._intake.assemble(self._connection, self._intake.decode(arrivals), self._now_s)
        self._connection.commit()
        outcome = self._writer.write(self._connection, batch)
        self._connection.execute(COMMITTED, (outcome.batch_id,))
        if outcome.n_stored:
            upsert_newest(self._connection, *newest_of(outcome))
        self._connection.commit()
        return outcome
