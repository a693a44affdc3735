"""A file of assets over HTTP: its preview, who may write it, and what cannot be read."""

import asyncio

import httpx
import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.keys import create_key
from store.registry import TerritoryEntry, register
from tests.support.api import api_client

pytestmark = pytest.mark.services

CSV = b"slug,name,longitude,latitude\npav-1,Forges,5.04,47.3205\npav-2,Wilson,5.05,47.31\n"
PATH = "/v1/territories/dijon/assets/import"


@pytest.fixture
def town_url(database_url: str) -> str:
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry("dijon", "Dijon"), TerritoryEntry("beside", "Beside")],
            [AssetEntry("dijon", "pav-1", "Forges", "waste_container", 5.04, 47.32)],
        )
    return database_url


def count(database_url: str, table: str) -> int:
    queries = {"assets": "select count(*) from assets", "audit_log": "select count(*) from audit_log"}
    with connect(database_url, program="test") as connection:
        row = connection.execute(queries[table]).fetchone()
    assert row is not None
    return int(row[0])


def post(
    database_url: str, content: bytes, *scopes: str, territory: str = "dijon", **parameters: object
) -> httpx.Response:
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "test", [territory], scopes)

    async def ask() -> httpx.Response:
        async with api_client(database_url, key) as client:
            return await client.post(PATH, content=content, params=parameters)  # type: ignore[arg-type]

    return asyncio.run(ask())


def test_a_preview_shows_what_the_import_then_writes(town_url: str) -> None:
    preview = post(town_url, CSV, "write", type="waste_container", preview=True)
    assert preview.status_code == 200, preview.text
    body = preview.json()
    assert (body["n_new"], body["n_changed"], body["n_unchanged"], body["n_refused"], body["n_moved"]) == (
        1,
        1,
        0,
        0,
        1,
    )
    assert [(item["slug"], item["fate"]) for item in body["items"]] == [("pav-1", "changed"), ("pav-2", "new")]
    assert body["items"][0]["changes"] == [{"field": "latitude", "before": 47.32, "after": 47.3205}]
    assert (count(town_url, "assets"), count(town_url, "audit_log")) == (1, 0)
    written = post(town_url, CSV, "write", type="waste_container")
    assert written.json() == {**body, "preview": False}
    assert (count(town_url, "assets"), count(town_url, "audit_log")) == (2, 1)
    again = post(town_url, CSV, "write", type="waste_container")
    assert (again.json()["n_unchanged"], again.json()["items"]) == (2, [])
    assert count(town_url, "audit_log") == 1


def test_refused_lines_are_shown_first_and_hold_the_import_back(town_url: str) -> None:
    content = CSV + b"pav-3,Darcy,5.05,471\n"
    parameters = {"type": "waste_container"}
    preview = (post(town_url, content, "write", preview=True, **parameters)).json()
    assert (preview["items"][0]["fate"], preview["items"][0]["line"]) == ("refused", 4)
    held = post(town_url, content, "write", **parameters)
    assert (held.status_code, "line 4" in held.json()["detail"]) == (422, True)
    assert count(town_url, "assets") == 1
    assert (post(town_url, content, "write", skip_refused=True, **parameters)).json()["n_refused"] == 1
    assert count(town_url, "assets") == 2


def test_only_those_who_may_write_there_import(town_url: str) -> None:
    assert (post(town_url, CSV, "read")).status_code == 403
    assert (post(town_url, CSV, "write", territory="beside")).status_code == 404
    assert count(town_url, "assets") == 1


@pytest.mark.parametrize(
    ("content", "parameters", "status", "words"),
    [
        (b"", {}, 422, "empty"),
        (b"name\nA\n", {}, 422, "slug"),
        (b"slug,x,y\na,1,2\n", {}, 422, "EPSG:2154"),
        (CSV, {"column": "slug"}, 422, "NAME=TEXT"),
        (CSV, {"crs": "2154"}, 422, "crs"),
        (bytes((16 << 20) + 1), {}, 413, "longer"),
    ],
)
def test_what_cannot_be_read_is_a_problem(
    town_url: str, content: bytes, parameters: dict[str, str], status: int, words: str
) -> None:
    answer = post(town_url, content, "write", **parameters)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
