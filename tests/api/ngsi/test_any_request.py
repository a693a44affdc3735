"""Whatever is asked or written, the answer is below 500 (503 for a context that is not kept), with a problem's body."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.ngsi.asking import JOINS, MANY
from api.ngsi.temporal import TEMPORAL
from deploy.local.services import Services
from tests.api.ngsi.broker import CORE, LAMP, MODELS, Broker, a_building, link, opened_broker, seed_writers
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

WORDS = [
    "Building", "Streetlight", "name", "floorArea", "location", "createdAt", "id", "type", "scope", "==", "!=", ">",
    "<=", "~=", "!~=", ";", "|", ",", "(", ")", "[", "]", ".", "..", '"', '"a"', "1", "-1e999", "9" * 40, "true",
    "null", "*", "2026-03-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-03-01",
    "10:00:00Z", "PT1H", "P9999Y", "near;maxDistance==5", "near;minDistance==0", "within", "overlaps", "equals",
    "Point", "Polygon", "LineString", "[5,47]", "[[[0,0],[1,0],[1,1],[0,0]]]", "[1e999,0]", "{}", LAMP,
    "urn:ngsi-ld:Building:1", "urn:ngsi-ld:null", "keyValues", "concise", "sysAttrs", "temporalValues",
    "aggregatedValues", "avg", "totalCount,sum,min,max,stddev,sumsq", "before", "after", "between", "observedAt",
    "(a+)+$", "[", "\\1", "é", "\x00", "%", "/", "#", "+", " ", "100", "0", "false",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), max_size=6).map("".join), st.text(max_size=12)
)
names = st.sampled_from(sorted(MANY | TEMPORAL | JOINS | {"unheard", "details", "kind"}))
paths = st.one_of(
    st.sampled_from(
        [
            *("/entities", f"/entities/{LAMP}", "/entities/urn:ngsi-ld:Building:1", "/types", "/attributes"),
            *("/temporal/entities", f"/temporal/entities/{LAMP}", "/temporal/entities/urn:ngsi-ld:Building:1"),
            *("/jsonldContexts", "/jsonldContexts/smart-data-models", "/types/Building", "/attributes/name"),
        ]
    ),
    texts.map(lambda text: f"/entities/{text}"),
    texts.map(lambda text: f"/jsonldContexts/{text}"),
)
# Comparisons that are well-formed, of anything with anything.
sides = st.sampled_from(["name", "floorArea", "location", "name.createdAt", "a.b", "name[x.y]", "refStreetlight"])
constants = st.sampled_from(
    ['"a"', "1", "true", "null", "1..5", '"a".."z"', "1,2", "2026-03-01T00:00:00Z", "10:00:00Z"]
)
conditions = st.builds("{0}{1}{2}".format, sides, st.sampled_from(["==", "!=", ">", "<=", "~="]), constants)
queries = st.builds("({0}{1}{2})".format, conditions, st.sampled_from([";", "|"]), st.one_of(conditions, sides))
headers = st.dictionaries(
    st.sampled_from(["Accept", "Link", "Prefer", "NGSILD-Tenant", "If-None-Match"]),
    st.one_of(
        st.sampled_from(
            [
                link(MODELS),
                link(CORE),
                link("https://x.example/c"),
                "<>; rel=x",
                "*/*;q=x",
                "application/*",
                "body=json",
            ]
        ),
        st.sampled_from(["east", "west", "application/geo+json", "application/ld+json, */*;q=0.1", "text/html"]),
        st.text("abc/+;=<>\"', *", max_size=12),
    ),
    max_size=2,
)
members = st.sampled_from(
    [
        *("id", "type", "@context", "scope", "name", "value", "object", "languageMap", "vocab", "json", "valueList"),
        *("objectList", "observedAt", "unitCode", "datasetId", "coordinates", "entities", "q", "geoQ", "temporalQ"),
        *("attrs", "aggrParams", "location", "@value", "x y"),
    ]
)
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(WORDS))
json = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(members, inner, max_size=5)),
    max_leaves=10,
)
entities = st.builds(
    lambda attributes: {"id": "urn:ngsi-ld:Any:1", "type": "Any", **attributes},
    st.dictionaries(members.filter(lambda name: name not in {"id", "type"}), json, max_size=4),
)
writes = st.sampled_from(
    [
        *("/entities", "/entities/urn:ngsi-ld:Building:1", "/entities/urn:ngsi-ld:Building:1/attrs"),
        *("/entities/urn:ngsi-ld:Building:1/attrs/name", "/entityOperations/create", "/entityOperations/upsert"),
        *("/entityOperations/update", "/entityOperations/merge", "/entityOperations/delete", "/entityOperations/query"),
        *("/temporal/entities", "/temporal/entities/urn:ngsi-ld:Building:1/attrs", "/jsonldContexts"),
        *("/temporal/entities/urn:ngsi-ld:Building:1/attrs/name/urn:ngsi-ld:Instance:1",),
        *("/temporal/entityOperations/query", f"/entities/{LAMP}/attrs"),
    ]
)


@pytest.fixture(scope="module")
def broker(services: Services, database_template: str) -> Iterator[Broker]:
    """A building beside the lamps; whatever is made beside them is no harm here."""
    with fresh_database(services, database_template) as url:
        _, east, _ = seed_writers(url)
        with opened_broker(url, east) as opened:
            opened.send("/entities", a_building())
            yield opened


def send(broker: Broker, method: str, path: str, **arguments: object) -> None:
    """Send what may be no address at all, and expect an answer that is no fault of ours."""
    try:
        request = broker.client.build_request(method, f"http://vigie.test/ngsi-ld/v1{path}", **arguments)  # type: ignore[arg-type]
    except (httpx.InvalidURL, ValueError):
        return
    answer = broker.runner.run(broker.client.send(request))
    assert answer.status_code < 500 or "LdContextNotAvailable" in answer.text, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 10


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(path=paths, query=st.lists(st.tuples(names, texts), max_size=4), more=headers)
def test_any_query_is_answered(broker: Broker, path: str, query: list[tuple[str, str]], more: dict[str, str]) -> None:
    send(broker, "GET", path, params=query, headers=more)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(path=st.sampled_from(["/entities", "/temporal/entities"]), query=queries)
def test_any_condition_is_answered(broker: Broker, path: str, query: str) -> None:
    span = {"timerel": "after", "timeAt": "2026-01-01T00:00:00Z"} if "temporal" in path else {}
    send(broker, "GET", path, params={"q": query, **span}, headers={"Link": link(MODELS)})


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(
    method=st.sampled_from(["POST", "PATCH", "PUT", "DELETE"]),
    path=writes,
    body=st.one_of(json, entities, st.lists(entities, max_size=2)),
    content_type=st.sampled_from(["application/json", "application/ld+json"]),
)
def test_any_body_is_answered(broker: Broker, method: str, path: str, body: object, content_type: str) -> None:
    send(broker, method, path, json=body, headers={"Content-Type": content_type})


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(body=st.binary(max_size=40), path=writes)
def test_any_bytes_are_answered(broker: Broker, body: bytes, path: str) -> None:
    send(broker, "POST", path, content=body, headers={"Content-Type": "application/json"})


def test_a_body_that_is_too_long_is_refused_unread(broker: Broker) -> None:
    answer = broker.runner.run(
        broker.client.post(
            "/ngsi-ld/v1/entities", content=b" " * 2_000_001, headers={"Content-Type": "application/json"}
        )
    )
    assert answer.status_code == 413


def test_a_pattern_that_never_ends_is_ended(broker: Broker) -> None:
    """Patterns are tried by the database; what is a trap for backtracking is answered at once."""
    answer = broker.ask("/entities", q='name~="^(M+a*)*(M+a*)*(M+a*)*[0-9]+x$"', type="Building")
    assert answer.status_code in {200, 400}
