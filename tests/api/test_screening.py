"""Before any work: an unknown parameter is refused with the nearest one that is known, and a form not given too."""

import asyncio

import httpx
import pytest
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ProblemError
from api.routes import routers
from api.screening import admits, require_known
from tests.support.api import api_client

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
ROUTES = [
    (method, route.path)
    for router in routers()
    for route in router.routes
    if isinstance(route, APIRoute) and route.include_in_schema
    for method in sorted(route.methods)
]


def send(method: str, path: str, accept: str = "*/*", key: str | None = None) -> httpx.Response:
    async def run() -> httpx.Response:
        async with api_client(NOWHERE, key) as client:
            return await client.request(method, path, headers={"Accept": accept})

    return asyncio.run(run())


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_unknown_parameters_are_refused_everywhere_without_a_database(method: str, path: str) -> None:
    answer = send(method, f"{path}?zzz=1")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("'zzz': ")


@pytest.mark.parametrize(
    ("asked", "named"),
    [("teritory", "territory"), ("Territory", "territory"), ("assetid", "asset_id"), ("poligon", "polygon")],
)
def test_the_nearest_parameter_is_named(asked: str, named: str) -> None:
    path = "/v1/assets" if named != "asset_id" else "/v1/series"
    assert f"did you mean '{named}'?" in send("GET", f"{path}?{asked}=1").json()["detail"]


def test_where_none_is_near_all_are_named() -> None:
    assert "there are cursor, limit" in send("GET", "/v1/territories?zzz=1").json()["detail"]
    assert "takes no parameters" in send("GET", "/v1/health?zzz=1").json()["detail"]


@given(st.text(max_size=200), st.frozensets(st.text(min_size=1, max_size=20), max_size=5))
def test_only_known_names_pass(name: str, known: frozenset[str]) -> None:
    if name in known:
        require_known([name], known)
    else:
        with pytest.raises(ProblemError) as refused:
            require_known([name], known)
        assert refused.value.status == 422


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/v1/assets", "text/html", 406),
        ("/v1/assets", "application/json;q=0, */*", 401),  # GeoJSON is left
        ("/v1/series", "application/json;q=0, */*", 406),
        ("/v1/series", "text/*, image/png;q=0.5", 406),
        ("/v1/series", "text/html, application/*;q=0.1", 401),
        ("/v1/series", "nonsense", 401),
        ("/v1/work-orders", "text/csv", 401),
    ],
)
def test_a_form_that_is_not_given_is_refused_before_all_else(path: str, accept: str, status: int) -> None:
    """Without a key, 401 says that the request went on."""
    answer = send("GET", path, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    if status == 406:
        assert "application/json" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "form", "is_admitted"),
    [
        ("*/*", "text/csv", True),
        ("text/*", "text/csv", True),
        ("TEXT/CSV;charset=utf-8", "text/csv", True),
        ("text/csv;q=0", "text/csv", False),
        ("text/csv;q=0, text/*", "text/csv", False),
        ("text/*;q=0, */*", "text/csv", False),
        ("*/*;q=0", "text/csv", False),
        ("application/json", "text/csv", False),
        ("", "text/csv", True),
        ("*/csv", "text/csv", True),
        ("text/csv;q=much", "text/csv", True),
    ],
)
def test_the_nearest_range_counts(accept: str, form: str, is_admitted: bool) -> None:
    assert admits(accept, form) is is_admitted


@given(st.text(max_size=100))
def test_any_accept_is_read(accept: str) -> None:
    assert admits(f"{accept},text/csv", "text/csv") in (True, False)
