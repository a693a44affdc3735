"""A store with a few series of one territory and a reader of it, for tests of what is read."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from store.connect import connect, open_async_pool
from store.count import count_measurements
from store.curve import Curves, Fill, read_curves
from store.reader import Pool, limited
from store.resolution import Question

Connection = psycopg.Connection[tuple[Any, ...]]
Raw = dict[datetime, float]
ZONE = "Europe/Paris"
# (quantity, kind, longest hold [s]); one more series, the fifth, is another territory's
SERIES = (("rise", "gauge", 5400), ("slow", "gauge", 100_000), ("count", "counter", 3600), ("mode", "state", 20_000))
LATER = datetime(2030, 1, 1, tzinfo=UTC)


class Reading:
    """A store with one territory, and a reader of it."""

    def __init__(self, connection: Connection, database_url: str) -> None:
        self.connection = connection
        self.runner = asyncio.Runner()
        self.pool: Pool = open_async_pool(database_url, program="test", n_connections=1)
        self.runner.run(self.pool.open())

    def close(self) -> None:
        """Let go of the pool."""
        self.runner.run(self.pool.close())
        self.runner.close()

    def curves(
        self,
        question: Question,
        fill: Fill = "none",
        now: datetime = LATER,
        series_ids: tuple[int, ...] = (1, 2, 3, 4),
    ) -> Curves:
        """Read curves as the reader of territory 1."""

        async def read() -> Curves:
            async with limited(self.pool, [1]) as reader:
                return await read_curves(reader, series_ids, question, fill, now)

        return self.runner.run(read())

    def counts(self, span: tuple[datetime, datetime]) -> dict[int, int]:
        """Count as the reader of territory 1."""

        async def count() -> dict[int, int]:
            async with limited(self.pool, [1]) as reader:
                return await count_measurements(reader, [1, 2, 3, 4], span)

        return self.runner.run(count())

    def fill_store(self, begin: datetime, writes: list[tuple[int, int, float]]) -> dict[int, Raw]:
        """Bring the store back to the beginning, write, and give the rows by series."""
        self.connection.execute(
            "truncate measurements, changed_hours, measurements_hourly, measurements_daily, counters_hourly,"
            " counters_daily, states_hourly, states_daily"
        )
        self.connection.execute("update rollup_watermarks set closed_to = '1970-01-01', computed_to = '1970-01-01'")
        rows: dict[int, Raw] = {1: {}, 2: {}, 3: {}, 4: {}}
        for series_id, minutes, value in writes:
            rows[series_id][begin + timedelta(minutes=minutes)] = value
        with self.connection.cursor().copy("copy measurements from stdin") as copy:
            for series_id, raw in rows.items():
                for at, value in raw.items():
                    copy.write_row((series_id, 1, at, value))
        return rows


@contextmanager
def opened_reading(database_url: str) -> Iterator[Reading]:
    """Make two territories, a device in each, the series of the first and one of the second."""
    with connect(database_url, program="test", autocommit=True) as opened:
        for slug in ("a", "b"):
            opened.execute(
                "insert into territories (slug, name, kind, time_zone) values (%s, %s, 'commune', %s)",
                (slug, slug, ZONE),
            )
        opened.execute("insert into devices (territory_id, external_id, name) values (1, 'd', 'D'), (2, 'e', 'E')")
        for quantity, kind, hold_s in SERIES:
            opened.execute(
                "insert into quantities values (%s, '1', %s, null, null, %s, 'x', 'x')", (quantity, kind, hold_s)
            )
            opened.execute(
                "insert into series (territory_id, device_id, quantity, unit) values (1, 1, %s, '1')", (quantity,)
            )
        opened.execute("insert into series (territory_id, device_id, quantity, unit) values (2, 2, 'rise', '1')")
        found = Reading(opened, database_url)
        try:
            yield found
        finally:
            found.close()
