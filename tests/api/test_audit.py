"""Whatever changes something or takes something out leaves a line in the audit log; the log only grows."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest

from api.app import create_app
from store.connect import connect
from store.keys import SCOPES, NewKey, insert_key
from tests.support.api import api_client, read_all
from tests.support.asks import ROUTES, ids_of, send
from tests.support.every_row import OF_KEYS, seed_every_row

DOCUMENT: dict[str, Any] = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
WRITING = [route for route in ROUTES if not route.startswith("GET")]
# Writing routes without a line, and why.
WITHOUT_LINE = {
    "POST /ngsi-ld/v1/entityOperations/query": "reads",
    "POST /ngsi-ld/v1/temporal/entityOperations/query": "reads",
    "POST /v1/session": "wants a password and not a key: test_session reads its lines",
    "DELETE /v1/session": "a key has no session that could end: test_session reads its line",
    "POST /v1/messages": "each message is in the ledger of deliveries, with its batch and what became of it",
}
# Who stands in the line where no key is asked for.
KEYLESS = {
    "POST /signaler/{territory}": "citizen report",
    "POST /v1/alerts/links/{token}": "link of night team of north",
}
# Routes whose answer can be a file, beside those of FILES, and why they leave no line.
NOT_TAKEN_OUT = {
    "GET /metrics": "counters of a process",
    "GET /v1/acceptances/{acceptance_id}": "one signed list, made to be handed on",
    "GET /v1/alerts/links/{token}": "a page for a telephone",
    "GET /open/catalogue.{notation}": "published",
    "GET /open/datasets/{territory}/{publication}/{file}": "published",
    "GET /v1/reports/{report_id}/files/{name}": "signed, made to be handed on",
    "GET /v1/assets": "a page of the list, as GeoJSON",
    "GET /v1/calendars/{token}.ics": "asked every few minutes by calendars; making the address leaves a line",
    "GET /v1/events": "what is new, as pages of measurements tell it",
    "GET /v1/work-orders/{work_order_id}/photos/{photo_id}": "one photo, as a part of its order",
    "GET /v1/planned-rounds/{planned_rounds_id}": "one day's plan for a driver",
}
FILES: dict[str, dict[str, str]] = {
    "GET /v1/exports/{export_id}/file": {},  # told of in test_exports: it wants a file
    "GET /v1/measurements.{extension}": {},
    "GET /v1/work-orders": {"format": "csv"},
}


@pytest.fixture
def keyed(database_url: str) -> tuple[str, str]:
    """The database with one row of everything, and the key of an administrator of the north."""
    seed_every_row(database_url)
    with connect(database_url, program="test") as connection:
        text = insert_key(connection, NewKey("town hall", ["north"], "administrator", SCOPES))[1]
        connection.execute("delete from exports")
        connection.execute(OF_KEYS)
    return database_url, text


def lines_of(database_url: str) -> list[tuple[str, str, str | None]]:
    with connect(database_url, program="test") as connection:
        query = """
        select a.actor, a.through, t.slug
        from audit_log a left join territories t using (territory_id)
        where a.at > now() - interval '1 hour' order by a.audit_id
        """
        return connection.execute(query).fetchall()


def ask(database_url: str, key: str, route: str, **query: str) -> httpx.Response:
    ids = ids_of(database_url, "north")

    async def story() -> httpx.Response:
        async with api_client(database_url, key) as client:
            if query:
                return await client.get(route.partition(" ")[2], params=query)
            return await send(client, route, ids)

    return asyncio.run(story())


@pytest.mark.services
@pytest.mark.parametrize("route", [route for route in WRITING if route not in WITHOUT_LINE])
def test_every_writing_route_leaves_a_line(keyed: tuple[str, str], route: str) -> None:
    """It names who, through which route, and in which territory."""
    database_url, key = keyed
    if "exports/{export_id}" in route:
        with connect(database_url, program="test") as connection:
            connection.execute("delete from exports where key_id <> (select max(key_id) from api_keys)")
    before = len(lines_of(database_url))
    answer = ask(database_url, key, route)
    assert answer.status_code < 400, answer.text
    new = lines_of(database_url)[before:]
    assert new
    assert {(through, territory) for _, through, territory in new} == {(route, "north")}
    assert all(KEYLESS.get(route, "town hall") in actor for actor, _, _ in new)


def test_every_exception_is_that_of_a_route() -> None:
    assert set(WITHOUT_LINE) <= set(WRITING)


def test_every_route_that_gives_files_is_known() -> None:
    """A route whose answer is not JSON leaves a line in the audit log, or is listed with a reason."""
    files = {
        f"GET {path}"
        for path, methods in DOCUMENT["paths"].items()
        for kind in methods.get("get", {"responses": {}})["responses"].get("200", {}).get("content", {})
        if kind != "application/json"
    }
    assert files == set(FILES) | set(NOT_TAKEN_OUT)


@pytest.mark.services
@pytest.mark.parametrize("route", sorted(route for route in FILES if "export_id" not in route))
def test_what_is_taken_out_leaves_a_line(keyed: tuple[str, str], route: str) -> None:
    database_url, key = keyed
    assert ask(database_url, key, route, **FILES[route]).status_code == 200
    assert [line[1:] for line in lines_of(database_url)] == [(route, "north")]


@pytest.mark.services
@pytest.mark.parametrize("role", ["vigie_api", None])
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set actor = 'nobody'",
        "update audit_log set detail = '{}'",
        "delete from audit_log",
        "truncate audit_log",
    ],
)
def test_the_log_only_grows(keyed: tuple[str, str], role: str | None, statement: str) -> None:
    """Neither the role of readers nor the owner of the tables can change it by a statement."""
    with connect(keyed[0], program="test", autocommit=True) as connection:
        if role:
            connection.execute("set role vigie_api")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


@pytest.mark.services
def test_erasing_changes_neither_when_nor_what_was_done(keyed: tuple[str, str]) -> None:
    with connect(keyed[0], program="test", autocommit=True) as connection:
        connection.execute("set vigie.erasing = 'on'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update audit_log set at = now()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update audit_log set action = 'nothing'")
        assert connection.execute("update audit_log set actor = 'erased'").rowcount == 3


@pytest.mark.services
def test_an_administrator_reads_the_lines_of_his_territories_only(keyed: tuple[str, str]) -> None:
    database_url, key = keyed

    async def story() -> list[Any]:
        async with api_client(database_url, key) as client:
            return await read_all(client, "/v1/audit", **{"from": "2026-01-01T00:00:00Z"})

    (line,) = asyncio.run(story())
    del line["audit_id"], line["detail"]
    assert line == {
        "at": "2026-05-01T10:00:00Z",
        "actor": "key of north",
        "action": "export",
        "through": "POST /v1/exports",
        "territory": "north",
        "subject": "export of north",
    }
