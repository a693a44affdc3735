"""Connections to the database are few: neither a client that went away nor one that reads slowly may hold one."""

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from api.app import create_app
from store.connect import connect
from tests.support.served import served
from tests.support.town import SmallRegion, seed_small_region
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

N_WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def test_a_client_that_hangs_up_ends_its_query(database_url: str, region: SmallRegion) -> None:
    """While a query hangs at a lock its client goes away: the query ends, and its connection serves the next client."""
    with (
        served(database_url, n_connections=1) as address,
        connect(database_url, program="test", autocommit=True) as watcher,
        connect(database_url, program="test") as locker,
    ):
        locker.execute("lock table findings in access exclusive mode")
        with send(address, "/v1/findings", region.east_key):
            wait_until(lambda: n_waiting(watcher) == 1, "the query waits at the lock")
        wait_until(lambda: n_waiting(watcher) == 0, "the query ends", timeout_s=15)  # not by its time-out, 30 s
        answer = httpx.get(f"{address}/v1/territories", headers={"X-API-Key": region.east_key}, timeout=15)
        assert answer.status_code == 200


def send(address: str, path: str, key: str) -> socket.socket:
    """Ask, and leave the answer to whoever holds the connection."""
    place = urlsplit(address)
    connection = socket.create_connection((str(place.hostname), int(place.port or 0)))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nX-API-Key: {key}\r\n\r\n".encode())
    return connection


def n_waiting(watcher: psycopg.Connection[tuple[Any, ...]]) -> int:
    row = watcher.execute(N_WAITING).fetchone()
    return int(row[0]) if row else 0


def test_a_client_that_reads_slowly_holds_no_connection(database_url: str, region: SmallRegion) -> None:
    """With one connection in the pool, a second client is answered while the first takes nothing of its answer."""
    app = create_app(database_url, n_connections=1)
    transport = httpx.ASGITransport(app=app)

    async def story() -> int:
        is_answering = asyncio.Event()

        async def take_nothing(message: Any) -> None:
            is_answering.set()
            await asyncio.Event().wait()

        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://vigie.test") as client,
            asyncio.timeout(30),
        ):
            slow = asyncio.create_task(app(scope_of("/v1/devices", region.east_key), wait_for_ever, take_nothing))
            await is_answering.wait()
            answer = await client.get("/v1/assets", headers={"X-API-Key": region.east_key})
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)
        return answer.status_code

    assert asyncio.run(story()) == 200


async def wait_for_ever() -> dict[str, Any]:
    """Receive nothing further from a client that stays."""
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


def scope_of(path: str, key: str) -> dict[str, Any]:
    """Write a request as a server hands it over."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"vigie.test"), (b"x-api-key", key.encode())],
    }
