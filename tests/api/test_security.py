"""Closed by default: every route wants a key but those listed here; a dead database is said so."""

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi.routing import APIRoute
from psycopg import conninfo

from api.app import create_app
from api.routes import routers
from store.connect import connect
from store.keys import create_key
from tests.support.api import api_client
from tests.support.proxy import proxied
from tests.support.town import seed_small_region

OPEN = {"/v1/health", "/v1/public/kpis", "/open/datasets", "/open/releases"}
# Calendars send no headers, and who is on call has a telephone: a secret address stands in for a key.
BY_TOKEN = {"/v1/calendars/{token}.ics", "/v1/alerts/links/{token}"}
# Open where a territory says so, and told of in test_citizen_reports.
BY_DESK = {
    "/v1/citizen-reports/{territory}",
    "/v1/citizen-reports/{territory}/{reference}",
    "/signaler/{territory}",
}
# Open data: what is published, told in tests/api/test_open_data.py.
PUBLISHED = {
    "/open/catalogue.{notation}",
    "/open/datasets/{territory}/{publication}",
    "/open/datasets/{territory}/{publication}/{file}",
}
# Where people get a session in place of a key: told of in test_session and test_code_flow.
LOGIN = {"/v1/session", "/login", "/login/callback"}
KEYLESS = OPEN | BY_TOKEN | BY_DESK | PUBLISHED | LOGIN
ROUTES = [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]
PATHS = sorted((method, route.path) for route in ROUTES for method in route.methods)


@pytest.mark.services
@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path in PATHS if path not in KEYLESS])
@pytest.mark.parametrize("key", [None, "vg_wrong", "rubbish", ""])
def test_route_wants_a_key(database_url: str, method: str, path: str, key: str | None) -> None:
    async def status() -> int:
        async with api_client(database_url, key) as client:
            answer = await client.request(method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert "www-authenticate" in answer.headers
            return answer.status_code

    assert asyncio.run(status()) == 401


@pytest.mark.services
@pytest.mark.parametrize("path", sorted(OPEN))
def test_open_routes_answer_without_a_key(database_url: str, path: str) -> None:
    async def status() -> int:
        async with api_client(database_url) as client:
            return (await client.get(path)).status_code

    assert asyncio.run(status()) == 200


@pytest.mark.services
@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path in PATHS if path in BY_TOKEN])
@pytest.mark.parametrize("token", ["cal_" + "x" * 43, "ack_" + "x" * 43, "cal_", "ack_", "vg_" + "x" * 43, "1"])
def test_routes_by_token_show_nothing_without_one_that_is_known(
    database_url: str, method: str, path: str, token: str
) -> None:
    async def answer() -> tuple[int, str]:
        async with api_client(database_url) as client:
            found = await client.request(method, path.replace("{token}", token))
            return found.status_code, found.headers["content-type"]

    status, content_type = asyncio.run(answer())
    assert status in (404, 422)
    assert content_type == "application/problem+json"


@pytest.mark.services
def test_expired_and_revoked_keys_are_refused(database_url: str) -> None:
    seed_small_region(database_url)
    with connect(database_url, program="test") as connection:
        expired = create_key(connection, "old", ["east"], expires_at=datetime.now(UTC) - timedelta(seconds=1))
        revoked = create_key(connection, "gone", ["east"])
        connection.execute("update api_keys set revoked_at = now() where name = 'gone'")

    async def statuses() -> list[int]:
        return [await status_of(database_url, key) for key in (expired, revoked)]

    assert asyncio.run(statuses()) == [401, 401]


@pytest.mark.services
def test_a_key_without_the_scope_may_not_read(database_url: str) -> None:
    seed_small_region(database_url)
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "writer", ["east"], scopes=["write"])
    assert asyncio.run(status_of(database_url, key)) == 403


async def status_of(database_url: str, key: str) -> int:
    async with api_client(database_url, key) as client:
        return (await client.get("/v1/assets")).status_code


@pytest.mark.services
def test_only_the_hash_of_a_key_is_kept(database_url: str) -> None:
    region = seed_small_region(database_url)
    with connect(database_url, program="test") as connection:
        rows = connection.execute("select api_keys::text from api_keys").fetchall()
    assert len(rows) == 3
    assert not any(region.east_key in row[0] for row in rows)


@pytest.mark.services
def test_a_database_that_is_away_is_said_so(database_url: str) -> None:
    """Cut the way to the database: 503 with a sentence; heal it: the same request is answered."""
    region = seed_small_region(database_url)
    port = int(conninfo.conninfo_to_dict(database_url)["port"])
    with proxied(port) as proxy:
        way = database_url.replace(f":{port}/", f":{proxy.port}/")

        async def story() -> list[int]:
            async with api_client(way, region.east_key) as client:
                first = (await client.get("/v1/assets")).status_code
                proxy.stop()
                second = await client.get("/v1/assets")
                assert second.json()["detail"] == "the database does not answer; try again"
                health = await client.get("/v1/health")
                assert health.json() == {"status": "degraded"}
                proxy.start()
                last = await poll(client)
                return [first, second.status_code, health.status_code, last]

        assert asyncio.run(story()) == [200, 503, 503, 200]


async def poll(client: httpx.AsyncClient) -> int:
    """Ask until the pool has found the database again, at most 20 s."""
    deadline = time.monotonic() + 20
    status = 0
    while status != 200 and time.monotonic() < deadline:
        status = (await client.get("/v1/assets")).status_code
    return status


def test_the_api_starts_without_numpy() -> None:
    code = "import sys, api.program; sys.exit('numpy' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_openapi_names_the_problem_body_on_every_route() -> None:
    document = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            if path not in KEYLESS:
                assert {"401", "404", "422", "503"} <= set(operation["responses"]), path
