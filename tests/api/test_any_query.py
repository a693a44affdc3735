"""Whatever stands in a query or a header, the answer is one that the OpenAPI document names, never a fault of ours."""

import asyncio
import csv
import io
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.app import create_app
from tests.support.api import api_client
from tests.support.every_row import seed_every_row

pytestmark = pytest.mark.services

DOCUMENT: dict[str, Any] = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
CSV = "text/csv; charset=utf-8"
WITHOUT_END = {"/v1/events"}  # told of in test_events
PATHS = sorted(path for path, methods in DOCUMENT["paths"].items() if "get" in methods and path not in WITHOUT_END)
JSON = "application/json"
JSON_PATHS = [path for path in PATHS if JSON in DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]]
# Texts that once were, or easily become, faults: what no database takes, ends of ranges, cursors of other lists.
ODD = [
    "", "0", "1", "2", "-1", "1e3", "9223372036854775807", "9" * 40, "\x00", "a\x00b", "é", "\ud7ff", "%", "null",
    "true", "nan,nan,nan,nan", "5,47,6,48", "inf,0,1,1", "1,2,3", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00", "2026-05-01T10:00:00Z", "2026-05-01T11:00:00.5+02:00", "2026-02-30T00:00:00Z",
    "2199-12-31T23:59:59.999999Z", "2026-05-01", "20260501", "WzFd", "WzBd", "Wy0xXQ", "W10", "rubbish!", "raw", "hour",
    "day", "all", "open", "geojson", "north", "street_light", "energy",
    "WyIyMDI2LTA1LTAxVDEwOjAwOjAwWiIsIm5vcnRoIiwxXQ", "WzEsIjIwMjYtMDUtMDFUMTA6MDA6MDBaIl0",
    "WyJcdTAwMDAiLCJcdTAwMDAiLCIyMDI2LTA1LTAxVDEwOjAwOjAwWiIsIjIwMjYtMDUtMDFUMTA6MDA6MDBaIl0",
]  # fmt: skip
values = st.one_of(st.sampled_from(ODD), st.integers().map(str), st.text(max_size=20), st.datetimes().map(str))


def queries(path: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Any values for any of the route's parameters, some twice."""
    declared = DOCUMENT["paths"][path]["get"].get("parameters", [])
    names = [parameter["name"] for parameter in declared if parameter["in"] == "query"]
    likely = [(parameter["name"], text) for parameter in declared for text in likely_values(parameter["schema"])]
    if not names:
        return st.just([])
    pairs = st.tuples(st.sampled_from(names), values)
    return st.lists(st.one_of(pairs, st.sampled_from(likely)) if likely else pairs, max_size=6)


def likely_values(schema: dict[str, Any]) -> list[str]:
    """Values that the schema allows, so that other parameters are reached too."""
    choices = [schema, *schema.get("anyOf", []), schema.get("items", {})]
    texts = [str(value) for choice in choices for value in choice.get("enum", [])]
    return texts or ["1"] if any(choice.get("type") == "integer" for choice in choices) else texts


@pytest.mark.parametrize("path", PATHS)
def test_any_query_gets_a_documented_answer(database_url: str, path: str) -> None:
    """For any query the status is a documented one below 500, and the body has the documented shape."""
    town = seed_every_row(database_url)
    with asyncio.Runner() as runner:
        opened = api_client(database_url, town.region_key)
        client = runner.run(opened.__aenter__())

        @settings(max_examples=60, deadline=None, derandomize=True, database=None)
        @given(queries(path))
        def ask(query: list[tuple[str, str]]) -> None:
            check(path, runner.run(client.get(filled(path), params=query)))

        try:
            ask()
        finally:
            runner.run(opened.__aexit__(None, None, None))


def check(path: str, answer: httpx.Response) -> None:
    """Compare an answer with what the document says of its status."""
    assert answer.status_code < 500, answer.text
    documented = DOCUMENT["paths"][path]["get"]["responses"]
    assert str(answer.status_code) in documented, answer.text
    media_type = answer.headers["content-type"]
    content = documented[str(answer.status_code)]["content"]
    assert media_type in content
    if media_type == CSV:  # a line of names, and lines as long
        head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        assert {len(line) for line in lines} <= {len(head)}
    if "json" not in media_type or media_type == "application/jsonl":
        return
    schema = {**content[media_type].get("schema", {}), "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer.json())
    if answer.status_code >= 400:
        assert len(answer.json()["detail"]) > 10


@pytest.mark.parametrize("path", JSON_PATHS)
def test_items_hold_no_field_that_is_not_documented(database_url: str, path: str) -> None:
    town = seed_every_row(database_url)

    async def story() -> None:
        async with api_client(database_url, town.region_key) as client:
            known = {parameter["name"] for parameter in DOCUMENT["paths"][path]["get"].get("parameters", [])}
            asked = {"series_id": town.series_ids, "from": town.first, "to": town.last}
            answer = await client.get(filled(path), params={name: asked[name] for name in asked.keys() & known})
            check(path, answer)
            schema = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            if "$ref" not in schema:  # a file as it is
                return
            page = resolve(schema)["properties"]
            if "items" not in page:
                return
            items = answer.json()["items"]
            assert items
            item_schema = resolve(page["items"]["items"])
            if not item_schema.get("additionalProperties"):  # else another list documents the fields
                assert {name for item in items for name in item} <= set(item_schema["properties"])

    asyncio.run(story())


def filled(path: str) -> str:
    """Name what the path asks for."""
    numbers = path.replace("{export_id}", "1").replace("{extension}", "csv")
    for name in ("acceptance_id", "alert_id", "work_order_id"):
        numbers = numbers.replace(f"{{{name}}}/", "1/")
    numbers = (
        numbers.replace("{photo_id}", "1")
        .replace("{notation}", "ttl")
        .replace("{publication}", "kpis")
        .replace("{file}", "kpis.csv")
    )
    numbers = numbers.replace("{report_id}/files/{name}", "1/files/manifest.json")
    return numbers.replace("{territory}", "north").replace("{kind}", "factors")


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference into the document."""
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key", "Accept", "Host", "Cookie", "Range", "If-None-Match"])
@pytest.mark.parametrize("value", [b"", b"\xff\xfe", b"Bearer", b"Bearer \xe9", b"vg_\xe9", b"[", b"a b", b"x" * 8000])
def test_any_header_is_met_without_a_fault(database_url: str, header: str, value: bytes) -> None:
    async def status() -> int:
        async with api_client(database_url) as client:
            request = httpx.Request("GET", "http://vigie.test/v1/territories", headers=[(header.encode(), value)])
            return (await client.send(request)).status_code

    assert asyncio.run(status()) == 401
