"""The real application with its desk, in this process or in one of its own, and a town whose devices post."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from api.app import create_app
from api.limits import Limits
from api.security import Access
from ingest.desk import PostDesk
from store.connect import connect
from store.keys import create_key
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

START_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class PostingTown:
    """A commune `east` in a region, beside a commune `west`; keys by what they may do and see."""

    database_url: str
    key: str
    region_key: str
    reading_key: str

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode()).fetchall()

    def execute(self, statement: str) -> None:
        """Change the store behind everybody's back."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement.encode())

    def values(self) -> list[tuple[str, str, float]]:
        """Give all measurements as (device, quantity, value), in order."""
        query = """
            select d.external_id, s.quantity, m.value
            from measurements m join series s using (series_id) join devices d using (device_id)
            order by 1, 2, m.observed_at
        """
        return [(str(device), str(quantity), float(value)) for device, quantity, value in self.fetch(query)]

    def ledger(self) -> tuple[int, int, int, int]:
        """Give received, stored, duplicate, rejected over all devices and hours."""
        query = """
            select coalesce(sum(n_received), 0), coalesce(sum(n_stored), 0),
                   coalesce(sum(n_duplicate), 0), coalesce(sum(n_rejected), 0)
            from delivery_ledger
        """
        received, stored, duplicate, rejected = self.fetch(query)[0]
        return int(received), int(stored), int(duplicate), int(rejected)


def seed_posting_town(database_url: str, n_devices: int = 10) -> PostingTown:
    """Register lamps lamp-0 to lamp-(n-1) and bin-7 of `east`, one lamp of `west`, and make keys."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [
                TerritoryEntry("region", "Région", "region"),
                TerritoryEntry("east", "Est", parent="region"),
                TerritoryEntry("west", "Ouest", parent="region"),
            ],
            devices=[
                *(DeviceEntry("east", f"lamp-{number}") for number in range(n_devices)),
                DeviceEntry("east", "bin-7"),
                DeviceEntry("west", "lamp-w"),
            ],
        )
        return PostingTown(
            database_url,
            create_key(connection, "gateway", ["east"], ["ingest"]),
            create_key(connection, "operator", ["region"], ["ingest", "read"]),
            create_key(connection, "reader", ["region"], ["read"]),
        )


@asynccontextmanager
async def posting_client(
    database_url: str, key: str | None, patience_s: float = 20.0, posts_per_s: float = 0.0, **limits: int
) -> AsyncIterator[httpx.AsyncClient]:
    """Start the application with a desk and give a client that sends the key."""
    app = create_app(
        database_url,
        n_connections=4,
        open_desk=lambda: PostDesk(database_url, "test-desk", **limits),
        patience_s=patience_s,
        access=Access(Limits(posts_per_s=posts_per_s)),
    )
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://vigie.test", headers=headers, timeout=60) as client,
    ):
        yield client


@dataclass(slots=True)
class Served:
    """`vigie api` as a process."""

    url: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End it without warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def api_process(database_url: str) -> Iterator[Served]:
    """Run `vigie api`; it knows of no broker. Killed at the end if it still runs."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = {name: text for name, text in os.environ.items() if name != "VIGIE_MQTT_URL"}
    environment |= {"VIGIE_DATABASE_URL": database_url, "VIGIE_API_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "api"], cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL
    )
    served = Served(f"http://127.0.0.1:{port}", process)
    try:
        wait_until(lambda: is_up(served.url), "the API answers", START_PATIENCE_S)
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(15)
        finally:
            process.kill()
            process.wait()


def is_up(url: str) -> bool:
    """Say whether the API can do its work."""
    try:
        return httpx.get(f"{url}/v1/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
