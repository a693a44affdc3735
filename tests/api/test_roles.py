"""Every route wants a right, and that right is the one that is written down."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from api.rights import OPEN, RIGHTS, SECRET, Right
from store.connect import connect
from store.keys import ROLES, SCOPES, NewKey, Role, insert_key
from tests.support.api import api_client
from tests.support.asks import ASKS, ROUTES, ids_of, send
from tests.support.every_row import seed_every_row

GUARDED = [route for route in ROUTES if RIGHTS.get(route) not in (OPEN, SECRET)]
WITHOUT_END = {"GET /v1/events"}  # told of in test_events
LADDER: tuple[str, ...] = ("public", *ROLES)


def test_every_route_has_a_right_and_is_asked_in_tests() -> None:
    """A new route needs a line in api/rights.py, and one in tests/support/asks.py; one that is gone needs none."""
    assert sorted(RIGHTS) == list(ROUTES)
    assert sorted(ASKS) == list(ROUTES)


def test_each_role_may_what_those_below_it_may() -> None:
    assert ROLES == ("reader", "technician", "engineer", "administrator")
    assert {right.role for right in RIGHTS.values()} == set(LADDER)


def make_key(database_url: str, role: Role, *scopes: str, territory: str = "north") -> str:
    above = {"reader": {"write", "admin"}, "administrator": set[str]()}.get(role, {"admin"})
    wanted = [scope for scope in scopes or SCOPES if scope not in above]
    with connect(database_url, program="test") as connection:
        return insert_key(connection, NewKey(f"{role} of {territory}", [territory], role, wanted))[1]


def ask_all(
    database_url: str, routes: list[str], story: Callable[[httpx.AsyncClient, str], Awaitable[str | None]]
) -> dict[str, str]:
    """Have a story told of each route, over one application; give what is wrong."""

    async def tell() -> dict[str, str]:
        async with api_client(database_url) as client:
            return {route: wrong for route in routes if (wrong := await story(client, route))}

    return asyncio.run(tell())


@pytest.mark.services
def test_no_key_and_foreign_texts_are_refused_everywhere(database_url: str) -> None:
    seed_every_row(database_url)
    ids = ids_of(database_url, "north")

    async def story(client: httpx.AsyncClient, route: str) -> str | None:
        answers = [await send(client, route, ids, key) for key in (None, "vg_wrong", "a.b.c")]
        return None if [one.status_code for one in answers] == [401] * 3 else answers[0].text

    assert ask_all(database_url, GUARDED, story) == {}


@pytest.mark.services
def test_a_role_below_the_one_that_is_wanted_is_refused_with_its_name(database_url: str) -> None:
    """The key has all scopes that its role can have, so that the role alone is what it lacks."""
    seed_every_row(database_url)
    ids = ids_of(database_url, "north")
    keys = {role: make_key(database_url, role) for role in ROLES}
    above = [route for route in GUARDED if RIGHTS[route].role != "reader"]
    assert len(above) > 20

    async def story(client: httpx.AsyncClient, route: str) -> str | None:
        wanted = RIGHTS[route].role
        answer = await send(client, route, ids, keys[ROLES[LADDER.index(wanted) - 2]])
        named = answer.status_code == 403 and f"wants the role {wanted}" in answer.json()["detail"]
        return None if named else answer.text

    assert ask_all(database_url, above, story) == {}


@pytest.mark.services
def test_the_role_that_is_wanted_suffices(database_url: str) -> None:
    """Whatever else is wrong with the request: it is not who asks."""
    seed_every_row(database_url)
    ids = ids_of(database_url, "north")
    keys = {role: make_key(database_url, role) for role in ROLES}

    async def story(client: httpx.AsyncClient, route: str) -> str | None:
        answer = await send(client, route, ids, keys[ROLES[LADDER.index(RIGHTS[route].role) - 1]])
        return answer.text if answer.status_code in (401, 403) else None

    assert ask_all(database_url, [route for route in GUARDED if route not in WITHOUT_END], story) == {}


@pytest.mark.services
def test_a_key_that_was_not_made_for_it_is_refused_whatever_its_role(database_url: str) -> None:
    """An administrator's key without the scope that a route is listed with."""
    seed_every_row(database_url)
    ids = ids_of(database_url, "north")
    keys = {
        scope: make_key(database_url, "administrator", *(one for one in SCOPES if one != scope)) for scope in SCOPES
    }

    async def story(client: httpx.AsyncClient, route: str) -> str | None:
        scope = RIGHTS[route].scope
        if scope is None:
            return None
        answer = await send(client, route, ids, keys[scope])
        return None if answer.status_code == 403 else answer.text

    assert ask_all(database_url, GUARDED, story) == {}


@pytest.mark.services
def test_a_route_that_is_not_listed_is_refused_to_everybody(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seed_every_row(database_url)
    key = make_key(database_url, "administrator")
    rest: dict[str, Right] = {route: right for route, right in RIGHTS.items() if route != "GET /v1/assets"}
    monkeypatch.setattr("api.security.RIGHTS", rest)

    async def status() -> int:
        async with api_client(database_url, key) as client:
            return (await client.get("/v1/assets")).status_code

    assert asyncio.run(status()) == 403


@pytest.mark.services
def test_a_key_says_what_it_may(database_url: str) -> None:
    seed_every_row(database_url)
    key = make_key(database_url, "technician", "read", "write")

    async def rights() -> object:
        async with api_client(database_url, key) as client:
            return (await client.get("/v1/key")).json()

    assert asyncio.run(rights()) == {"name": "technician of north", "role": "technician", "scopes": ["read", "write"]}
