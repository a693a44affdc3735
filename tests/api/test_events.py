"""What is stored is told to whom it concerns, once and in order; who comes back hears what he missed."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import psycopg
import pytest

import api.routes.events
from api.live.hub import MOST_WAITING, Listener
from api.live.interest import KINDS, Interest, read_position, write_event, write_position
from store.connect import connect
from store.live import Position
from tests.support.served import served
from tests.support.town import SmallRegion, seed_small_region

pytestmark = pytest.mark.services

PATIENCE_S = 60.0
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a client hears it; `id` is the last one heard so far."""

    id: str
    kind: str
    data: Any


class Ear:
    """Reads a stream of events as the standard says."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.last_id = ""
        self.n_heartbeats = 0

    async def next(self) -> Told:
        """Give the next event that has data."""
        kind, data = "message", ""
        async with asyncio.timeout(PATIENCE_S):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line.startswith(":"):
                    self.n_heartbeats += 1
                elif name == "id":
                    self.last_id = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    data = value
                elif not line and data:
                    return Told(self.last_id, kind, json.loads(data))
        raise AssertionError("the stream ended")

    async def begun(self) -> str:
        """Wait until the stream has told where it begins."""
        async with asyncio.timeout(PATIENCE_S):
            async for line in self._lines:
                if line.startswith("id: "):
                    self.last_id = line.removeprefix("id: ")
                    return self.last_id
        raise AssertionError("the stream ended")

    async def values(self, n: int) -> list[float]:
        """Give the values of the next n measurements."""
        found: list[float] = []
        while len(found) < n:
            told = await self.next()
            assert told.kind == "measurements"
            found += [item["value"] for item in told.data["items"]]
        return found


@asynccontextmanager
async def listening(address: str, key: str, last_id: str | None = None, **query: Any) -> AsyncIterator[Ear]:
    headers = {"X-API-Key": key, **({"Last-Event-ID": last_id} if last_id is not None else {})}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{address}/v1/events", params=query, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Ear(answer)


def tell(database_url: str, story: Callable[[str, Connection], Awaitable[None]]) -> None:
    with served(database_url) as address, connect(database_url, program="test", autocommit=True) as connection:
        asyncio.run(story(address, connection))


def store_batch(connection: Connection, series_id: int, values: list[float], age: str = "0 s") -> int:
    """Store a batch of values a second apart as a worker does, in one transaction, and give its number."""
    with connection.transaction():
        row = connection.execute(
            "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
            " values ('test', now(), 1, %s, 'native/1') returning batch_id",
            (len(values),),
        ).fetchone()
        assert row is not None
        connection.execute(
            "insert into measurements (series_id, batch_id, observed_at, value)"
            " select %s, %s, clock_timestamp() - %s::interval + n * interval '1 ms', v"
            " from unnest(%s::float8[]) with ordinality as given (v, n)",
            (series_id, row[0], age, values),
        )
        connection.execute(
            "insert into deliveries_log (batch_id, territory_id, device_id, arrival_hour, n_messages, n_received,"
            " n_stored, n_duplicate, n_rejected, n_revised) select %s, territory_id, device_id,"
            " date_trunc('hour', now()), 1, 1, 1, 0, 0, 0 from series where series_id = %s",
            (row[0], series_id),
        )
        return int(row[0])


def test_a_measurement_is_told_with_its_unit_and_only_to_its_territory(database_url: str, region: SmallRegion) -> None:
    async def story(address: str, connection: Connection) -> None:
        async with listening(address, region.east_key) as east, listening(address, region.region_key) as both:
            await east.begun()
            await both.begun()
            store_batch(connection, region.west_series, [1.0])
            store_batch(connection, region.east_series, [2.0])
            told = await east.next()
            assert (told.kind, len(told.data["items"])) == ("measurements", 1)
            (item,) = told.data["items"]
            assert (item["value"], item["unit"], item["territory"]) == (2.0, "W", "east")
            assert await both.values(2) == [1.0, 2.0]

    tell(database_url, story)


def test_who_comes_back_hears_exactly_what_he_missed(database_url: str, region: SmallRegion) -> None:
    """What came while nobody listened, late values and those whose log is folded among it, once and in order."""

    async def story(address: str, connection: Connection) -> None:
        async with listening(address, region.east_key) as ear:
            await ear.begun()
            store_batch(connection, region.east_series, [1.0])
            assert await ear.values(1) == [1.0]
            last_id = ear.last_id
        store_batch(connection, region.east_series, [2.0, 3.0])
        store_batch(connection, region.west_series, [4.0])
        store_batch(connection, region.east_series, [5.0], age="2 days")
        connection.execute(
            "insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored,"
            " n_duplicate, n_rejected, n_revised) select distinct territory_id, device_id, arrival_hour, 1, 1, 1, 0, 0,"
            " 0 from deliveries_log"
        )
        connection.execute("delete from deliveries_log")
        async with listening(address, region.east_key, last_id) as ear:
            assert await ear.values(3) == [2.0, 3.0, 5.0]
            store_batch(connection, region.east_series, [6.0])
            assert await ear.values(1) == [6.0]
        async with listening(address, region.east_key, "0") as ear:  # the number of a batch alone
            assert (await ear.values(5))[-4:] == [2.0, 3.0, 5.0, 6.0]

    tell(database_url, story)


def test_a_batch_that_ends_late_is_told_before_those_behind_it(database_url: str, region: SmallRegion) -> None:
    """Two workers: the one with the lower number commits last, and nothing is lost for who comes back in between."""

    async def story(address: str, connection: Connection) -> None:
        store_batch(connection, region.east_series, [0.0])  # else the first to write makes others wait for a new chunk
        with connect(database_url, program="test") as slow:
            async with listening(address, region.east_key) as ear:
                await ear.begun()
                slow.execute("select pg_advisory_xact_lock(7449342, hashtext('slow'))")
                low = store_batch(slow, region.east_series, [1.0])
                high = store_batch(connection, region.east_series, [2.0])
                assert low < high
                async with listening(address, region.east_key) as other:
                    begin = read_position(await other.begun())
                    assert begin is not None
                    assert begin[0] < low
                slow.commit()
                assert await ear.values(2) == [1.0, 2.0]

    tell(database_url, story)


def test_findings_are_told_when_they_come_and_when_they_change(database_url: str, region: SmallRegion) -> None:
    insert = """
        insert into findings (territory_id, kind, model, model_version, started_at, score, severity, sentence_en,
                              sentence_fr, evidence)
        select territory_id, 'strange', 'm', '1', now(), 1, 'warning', 'odd', 'bizarre', '{}' from territories
        where slug = %s
    """

    async def story(address: str, connection: Connection) -> None:
        async with listening(address, region.east_key, kind="findings") as ear:
            await ear.begun()
            store_batch(connection, region.east_series, [1.0])  # not asked for
            connection.execute(insert, ("west",))
            connection.execute(insert, ("east",))
            told = await ear.next()
            assert told.kind == "findings"
            assert [(item["territory"], item["sentence_fr"]) for item in told.data["items"]] == [("east", "bizarre")]
            connection.execute("update findings set score = 2")  # no news
            connection.execute("update findings set ended_at = now()")
            ended = await ear.next()
            assert [item["ended_at"] is not None for item in ended.data["items"]] == [True]

    tell(database_url, story)


def test_kpis_are_told(database_url: str, region: SmallRegion) -> None:
    async def story(address: str, connection: Connection) -> None:
        async with listening(address, region.west_key, kind="kpis") as ear:
            await ear.begun()
            connection.execute(
                "insert into kpi_values (territory_id, kpi, period, value, unit, method, method_version, inputs_hash)"
                " select territory_id, 'energy', tstzrange('2026-01-01', '2026-02-01'), 7, 'kWh', 'sum', '1', 'hash'"
                " from territories"
            )
            told = await ear.next()
            assert [(item["territory"], item["value"], item["unit"]) for item in told.data["items"]] == [
                ("west", 7, "kWh")
            ]

    tell(database_url, story)


def test_a_key_that_was_revoked_is_cut(database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.routes.events, "HEARTBEAT_S", 0.2)

    async def story(address: str, connection: Connection) -> None:
        async with listening(address, region.east_key) as ear:
            await ear.begun()
            connection.execute("update api_keys set revoked_at = now() where name = 'east'")
            told = await ear.next()
            assert told.kind == "cut"
            assert "key" in told.data["reason"]
            assert ear.n_heartbeats > 0

    tell(database_url, story)


def test_who_missed_too_much_is_told_from_when_on_to_read(
    database_url: str, region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.routes.events, "MOST_STEPS", 0)

    async def story(address: str, connection: Connection) -> None:
        number = store_batch(connection, region.east_series, [1.0])
        async with listening(address, region.east_key, str(number - 1)) as ear:
            told = await ear.next()
            received = connection.execute("select received_at from batches where batch_id = %s", (number,)).fetchone()
            assert received is not None
            assert told.kind == "missed"
            assert datetime.fromisoformat(told.data["from"]) == received[0]
            store_batch(connection, region.east_series, [2.0])
            assert await ear.values(1) == [2.0]

    tell(database_url, story)


@pytest.mark.parametrize("last_id", ["", "x", "1-2", "-1", "1-2-3-4", "9" * 30, "１"])
def test_an_id_that_was_never_given_is_refused(database_url: str, region: SmallRegion, last_id: str) -> None:
    with served(database_url) as address:
        headers = {b"X-API-Key": region.east_key.encode(), b"Last-Event-ID": last_id.encode()}
        answer = httpx.get(f"{address}/v1/events", headers=headers, timeout=PATIENCE_S)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert "Last-Event-ID" in answer.json()["detail"]


def test_who_is_too_far_behind_hears_what_was_kept_and_is_cut() -> None:
    """Nothing is kept without limit for a listener, and the last id he hears is that of the last event kept."""

    async def story() -> None:
        listener = Listener(Interest(frozenset(), frozenset(KINDS)), Position(0, 0, 0))
        for batch in range(1, MOST_WAITING + 10):
            position = Position(batch, 0, 0)
            listener.put(write_event("measurements", {"items": []}, position), position)
        assert listener.is_behind
        assert listener.pieces.qsize() == MOST_WAITING
        assert listener.position == Position(MOST_WAITING, 0, 0)

    asyncio.run(story())


def test_a_position_is_read_as_it_is_written() -> None:
    assert read_position(write_position(Position(1204, 88, 301))) == (1204, 88, 301)
