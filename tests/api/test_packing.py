"""Large JSON goes compressed to whoever can read it, with the tags and the `Vary` that caches need; secrets never."""

import gzip
import zlib
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.packing import INLINE_BYTES, LEAST_BYTES, SECRET, accepts_gzip, compress
from store.connect import connect
from tests.support.api import run_story
from tests.support.town import SmallRegion, seed_small_region

LARGE = "/v1/alert-kinds"  # the runbooks
MORE_ASSETS = """
insert into assets (territory_id, slug, name, type)
select territory_id, 'more-' || n, 'Asset ' || n, 'street_light' from territories, generate_series(1, 400) n
"""
TELLS_SECRET = ("token", "secret", "password", "credential")


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def scope(accepted: str | None) -> dict[str, Any]:
    return {"headers": [] if accepted is None else [(b"accept-encoding", accepted.encode())]}


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, False),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip", True),
        ("GZIP;q=0.5", True),
        ("br, gzip;q=1.0", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("x-gzip", False),
    ],
)
def test_gzip_is_sent_only_to_whoever_takes_it(accepted: str | None, expected: bool) -> None:
    assert accepts_gzip(scope(accepted)) is expected


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00")))
def test_any_header_is_read(accepted: str) -> None:
    """Whatever a client sends is either taken for gzip or not."""
    read = accepts_gzip({"headers": [(b"accept-encoding", accepted.encode("latin-1"))]})
    assert not read or "gzip" in accepted.lower() or "*" in accepted


@given(st.binary(max_size=5_000))
def test_what_is_compressed_reads_the_same(body: bytes) -> None:
    assert gzip.decompress(compress(body)) == body


async def ask(client: httpx.AsyncClient, path: str, accepted: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """Ask and give the answer with its body as it went over the wire."""
    asked = {"Accept-Encoding": accepted, **headers}
    async with client.stream("GET", path, headers=asked) as answer:
        wire = b"".join([part async for part in answer.aiter_raw()])
    return answer, wire


@pytest.mark.services
def test_large_json_is_compressed_where_it_is_asked_for(database_url: str, region: SmallRegion) -> None:
    """Below and above the size from which a thread does it."""
    with connect(database_url, program="test") as connection:
        connection.execute(MORE_ASSETS)

    async def story(client: httpx.AsyncClient) -> None:
        for path, is_beyond in ((LARGE, False), ("/v1/assets?limit=500", True)):
            plain, bare = await ask(client, path, "identity")
            packed, wire = await ask(client, path, "gzip")
            assert (len(bare) > INLINE_BYTES) is is_beyond
            assert zlib.decompress(wire, 31) == bare
            assert len(wire) * 2 < len(bare)
            assert "content-encoding" not in plain.headers
            assert packed.headers["content-encoding"] == "gzip"
            assert int(packed.headers["content-length"]) == len(wire)
            for answer in (plain, packed):
                assert answer.headers["vary"] == "Accept-Encoding"
                assert answer.headers["etag"] == plain.headers["etag"]
                assert answer.headers["etag"].startswith('W/"')
            again, nothing = await ask(client, path, "gzip", **{"If-None-Match": packed.headers["etag"]})
            assert (again.status_code, nothing) == (304, b"")
            assert again.headers["vary"] == "Accept-Encoding"
            assert "content-encoding" not in again.headers

    run_story(database_url, region.region_key, story)


@pytest.mark.services
def test_what_is_small_or_refused_goes_as_it_is(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        small, wire = await ask(client, "/v1/territories?limit=1", "gzip")
        assert len(wire) < LEAST_BYTES
        assert "vary" not in small.headers
        assert small.headers["etag"].startswith('"')
        refused, _ = await ask(client, f"/v1/territories?{'x' * 3_000}=1", "gzip")
        assert refused.status_code == 422
        for answer in (small, refused):
            assert "content-encoding" not in answer.headers

    run_story(database_url, region.region_key, story)


def test_answers_that_hold_a_secret_are_never_compressed() -> None:
    """What GET can be made to answer with a token in it stands in the list; whoever adds one adds it there."""
    document = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
    telling = set()
    for path, methods in document["paths"].items():
        schema = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if tells_secret(schema.get("application/json", {}).get("schema", {}), document["components"]["schemas"]):
            telling.add(path)
    assert telling == SECRET


def tells_secret(schema: Any, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a schema, or one that it refers to, has a member whose name sounds like a secret."""
    if isinstance(schema, list):
        return any(tells_secret(one, schemas, seen) for one in schema)
    if not isinstance(schema, dict):
        return False
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen and tells_secret(schemas[name], schemas, seen | {name}):
        return True
    members = schema.get("properties", {})
    if any(word in member for member in members for word in TELLS_SECRET):
        return True
    return any(tells_secret(one, schemas, seen) for key, one in schema.items() if key != "$ref")
