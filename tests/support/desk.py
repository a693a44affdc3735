"""A worker without a broker: chunks are handed in and come back acknowledged, over a real store."""

import queue
import time
from dataclasses import dataclass, field

import psycopg

from ingest.account import Outcome
from ingest.arrival import Arrival, Chunk
from ingest.counters import Counters
from ingest.intake import Intake
from ingest.registry import Registry
from ingest.reply import Reply
from ingest.source import Source, own_source
from ingest.worker import Done, Worker
from ingest.writer import Writer
from store.connect import connect
from store.intake import prepare_session


class LostAnswer(psycopg.Connection[tuple[object, ...]]):
    """A connection that is lost once, at the commit of a batch: before the server has it, or after.

    `lose_after` None leaves it in order. The first commit on a new connection is that of new series.
    """

    lose_after: bool | None = None

    def commit(self) -> None:
        is_batch = self.execute("select from batches where xmin = pg_current_xact_id()::xid").fetchone() is not None
        if self.lose_after is None or not is_batch:
            super().commit()
            return
        if self.lose_after:
            super().commit()
        self.close()
        raise psycopg.OperationalError("the connection was lost at the commit")


@dataclass(slots=True)
class Desk:
    """The worker's side of a session with the broker."""

    database_url: str
    territory: str
    source: Source | None = None  # None: the own broker, bound to the territory
    outcomes: list[Outcome] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    stamp_us: int = field(default_factory=lambda: time.time_ns() // 1000)

    def work(self, chunks: list[Chunk], *, lose_after: bool | None = None) -> None:
        """Have a new worker settle these chunks; `lose_after` loses the answer to its first commit of a batch."""
        inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        for chunk in (*chunks, None):
            inbox.put(chunk)
        worker = Worker(
            self.database_url,
            Intake(self.source or own_source(self.territory), Registry()),
            Writer("desk", time.monotonic),
            Counters(),
            inbox,
            self.take_back,
            self.outcomes.append,
        )
        if lose_after is not None:
            connection = LostAnswer.connect(self.database_url)
            connection.lose_after = lose_after
            prepare_session(connection)
            psycopg.Connection.commit(connection)
            worker._connection = connection
        worker.run()

    def take_back(self, done: Done) -> None:
        """Note what was acknowledged, in its order."""
        self.acknowledged += [arrival.mid for chunk in done.chunks for arrival in chunk.arrivals]
        self.replies += done.replies

    def chunk(self, messages: list[tuple[str, bytes]], first_mid: int = 1) -> Chunk:
        """Make a chunk of (topic, payload), numbered from `first_mid`."""
        arrivals = []
        for index, (topic, payload) in enumerate(messages):
            self.stamp_us += 1
            arrivals.append(Arrival(topic.encode(), payload, first_mid + index, self.stamp_us))
        return Chunk(1, arrivals, sum(len(payload) for _, payload in messages))

    def change(self, statement: str) -> None:
        """Change the store beside the platform."""
        with connect(self.database_url, program="test") as connection:
            connection.execute(statement.encode())

    def fetch(self, query: str, **parameters: object) -> list[tuple[object, ...]]:
        """Ask the store."""
        with connect(self.database_url, program="test") as connection:
            return connection.execute(query.encode(), {"territory": self.territory, **parameters}).fetchall()
