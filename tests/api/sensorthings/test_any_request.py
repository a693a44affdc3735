"""Whatever is asked or written, the answer is below 500 (or says 501 for what is not done), with a problem's body."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.local.services import Services
from store.sensorthings.function import FUNCTIONS, GEOMETRIC
from store.sensorthings.model import SETS
from tests.api.sensorthings.lab import furnish, seed_lab
from tests.api.sensorthings.service import Service, opened_service
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

WORDS = [
    *SETS, *(one.type for one in SETS.values()), *(name for one in SETS.values() for name in one.properties),
    *FUNCTIONS, *GEOMETRIC, "(", ")", "(", ")", ",", "/", "'", "eq", "ne", "lt", "gt", "and", "or", "not", "add", "div",
    "mod", "-", "1", "0", "1e999", "9" * 40, "null", "true", "'a'", "''", "id", "@iot.id", "$value", "$ref", "$count",
    "2015-03-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2015-03-01", "25:00", "duration'P1D'",
    "duration'P9999999D'", "geography'POINT(5 47)'", "geography'POINT(5)'", ";", "$top=1", "$filter=", "é", "\x00", "%",
    "8589934592", "(8589934592)", "('1-5')", "('x')", "coordinates/0", "[", "{", " ",
]  # fmt: skip
texts = st.one_of(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), st.text(max_size=15))
tight = st.one_of(st.lists(st.sampled_from(WORDS), max_size=5).map("".join), st.text(max_size=15))
options = st.sampled_from(
    ["$filter", "$orderby", "$expand", "$select", "$top", "$skip", "$count", "$resultFormat", "$skiptoken", "$x", "x"]
)
# Comparisons that are well-formed, of anything with anything.
values = st.sampled_from(
    [
        *("result", "phenomenonTime", "name", "id", "properties/floor", "Datastream/name", "Datastreams/name"),
        *("Thing/id", "validTime", "parameters", "location", "1", "'a'", "null", "true", "2015-03-01T00:00:00Z"),
        *("duration'P1D'", "now()"),
    ]
)
calls = st.builds(
    lambda name, arguments: f"{name}({','.join(arguments)})",
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(values, max_size=3),
)
sides = st.one_of(values, calls)
signs = st.sampled_from(["eq", "ne", "lt", "ge", "add", "sub", "mod"])
comparisons = st.builds("{0} {1} {2}".format, sides, signs, sides)
pairs = st.builds("({0}) {1} not ({2})".format, comparisons, st.sampled_from(["and", "or"]), comparisons)
filters = st.one_of(comparisons, pairs)
json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*WORDS, "components", "dataArray"]), inner, max_size=5),
    ),
    max_leaves=8,
)
paths = st.one_of(st.sampled_from([f"/{name}" for name in SETS]), tight.map(lambda text: f"/{text}"))


@pytest.fixture(scope="module")
def lab(services: Services, database_template: str) -> Iterator[Service]:
    """Two rooms; whatever is made beside them is no harm here."""
    with fresh_database(services, database_template) as url:
        writer, _, _ = seed_lab(url)
        with opened_service(url, writer) as service:
            furnish(service)
            yield service


def check(answer: httpx.Response) -> None:
    """Expect an answer that is no fault of ours."""
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 10


def send(service: Service, method: str, path: str, **arguments: object) -> None:
    """Send what may be no address at all."""
    try:
        request = service.client.build_request(method, f"http://vigie.test/sensorthings/v1.1{path}", **arguments)  # type: ignore[arg-type]
    except (httpx.InvalidURL, ValueError):
        return
    check(service.runner.run(service.client.send(request)))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(path=paths, query=st.lists(st.tuples(options, texts), max_size=3))
def test_any_query_is_answered(lab: Service, path: str, query: list[tuple[str, str]]) -> None:
    send(lab, "GET", path, params=query)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(name=st.sampled_from(sorted(SETS)), text=filters, order=st.one_of(st.none(), sides))
def test_any_filter_is_answered(lab: Service, name: str, text: str, order: str | None) -> None:
    """Any function of anything compared with anything, over any set."""
    send(lab, "GET", f"/{name}", params={"$filter": text, **({"$orderby": order} if order else {})})


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(
    method=st.sampled_from(["POST", "PATCH", "PUT", "DELETE"]),
    path=st.one_of(
        paths, st.sampled_from(["/CreateObservations", "/$batch", "/Things(8589934592)", "/Observations(8589934592)"])
    ),
    body=st.one_of(json, st.fixed_dictionaries({"name": json, "description": json, "result": json})),
)
def test_any_body_is_answered(lab: Service, method: str, path: str, body: object) -> None:
    send(lab, method, path, json=body)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(body=st.binary(max_size=40))
def test_any_bytes_are_answered(lab: Service, body: bytes) -> None:
    send(lab, "POST", "/Things", content=body)


def test_a_body_that_is_too_long_is_refused_unread(lab: Service) -> None:
    answer = lab.runner.run(lab.client.post("/sensorthings/v1.1/Things", content=b" " * 2_000_001))
    assert answer.status_code == 413
