"""Each error is a problem that says what to do, with the headers of any other answer, and nothing of the inside."""

import asyncio

import httpx
import psycopg
import pytest

from api.headers import HEADERS
from tests.support.api import api_client
from tests.support.scratch_server import scratch_server
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services


def get(database_url: str, path: str, key: str | None = None, method: str = "GET") -> httpx.Response:
    """Ask the application once."""

    async def ask() -> httpx.Response:
        async with api_client(database_url, key) as client:
            return await client.request(method, path)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/v1/nothing", 404, "/openapi.json"),
        ("GET", "/v1/%ff%00", 404, "/openapi.json"),
        ("POST", "/v1/assets", 405, "Allow"),
        ("GET", "/v1/assets", 401, "Bearer"),
        ("GET", "/v1/public/kpis?limit=0", 422, "limit"),
    ],
)
def test_refusal_is_a_problem(database_url: str, method: str, path: str, status: int, words: str) -> None:
    answer = get(database_url, path, method=method)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()


@pytest.mark.parametrize("body", [b"\xff{}", b"{"])
def test_a_body_that_is_no_json_is_refused_as_the_document_says(database_url: str, body: bytes) -> None:
    """Also one that is no text at all, for which the framework has a status of its own."""

    async def ask() -> httpx.Response:
        async with api_client(database_url) as client:
            headers = {"Content-Type": "application/json"}
            return await client.post("/v1/work-orders", content=body, headers=headers)

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["status"]) == (422, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_is_not_taken_is_told_which_is(database_url: str) -> None:
    assert get(database_url, "/v1/assets", method="DELETE").headers["allow"] == "GET"


def test_a_slash_too_many_does_not_lead_elsewhere(database_url: str) -> None:
    """A redirect would name the scheme and host that we see: behind a proxy that ends TLS, http."""
    answer = get(database_url, "/v1/assets/")
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_a_fault_of_ours_is_kept_in_the_log_and_says_nothing(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A view that is not as expected: 500 in the usual shape with the usual headers; the log names path and cause."""
    region = seed_small_region(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute("alter view reader.territories rename column kind to sort")
    answer = get(database_url, "/v1/territories", region.east_key)
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "kind" not in answer.text
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    log = capsys.readouterr().out
    assert "/v1/territories" in log
    assert "UndefinedColumn" in log


def test_a_store_that_was_never_migrated_is_said_so() -> None:
    """On a new server there are neither tables nor the role of readers: 503 with the remedy, with and without a key."""
    with scratch_server() as server:
        answers = [
            get(server.database_url, "/v1/public/kpis"),
            get(server.database_url, "/v1/territories", "vg_any"),
        ]
        health = get(server.database_url, "/v1/health")
    for answer in answers:
        assert answer.status_code == 503
        assert "vigie migrate" in answer.json()["detail"]
        assert int(answer.headers["retry-after"]) > 0
    assert (health.status_code, health.json()) == (503, {"status": "degraded"})


def test_a_store_with_the_role_but_no_tables_is_said_so(database_url: str) -> None:
    """Roles belong to the server: where another database was migrated, the tables alone are missing."""
    with psycopg.connect(database_url) as connection:
        connection.execute("drop schema reader, public cascade")
        connection.execute("create schema public")
        connection.execute("grant usage on schema public to public")
    assert get(database_url, "/v1/public/kpis").status_code == 503
    assert get(database_url, "/v1/health").status_code == 503
    assert "vigie migrate" in get(database_url, "/v1/health/programs", "vg_any").json()["detail"]
