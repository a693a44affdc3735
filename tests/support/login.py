"""A local account in the small region, and a browser's way of logging in with it."""

from typing import Any

import httpx

from store.connect import connect
from store.keys import NewKey, Role
from store.local_accounts import add_account

PASSWORD = "correct horse battery staple"
ORIGIN = "http://vigie.test"


def add_person(database_url: str, name: str = "Jeanne", role: Role = "engineer", *territories: str) -> int:
    """Make an account of the east, or of other territories, and give its number."""
    with connect(database_url, program="test") as connection:
        return add_account(connection, NewKey(name, territories or ("east",), role), PASSWORD, "test")


async def log_in(client: httpx.AsyncClient, name: str = "Jeanne", password: str = PASSWORD) -> httpx.Response:
    """Log in as a browser does; the client keeps the cookie."""
    return await client.post(
        "/v1/session", json={"name": name, "password": password}, headers={"Origin": str(client.base_url).rstrip("/")}
    )


async def browse(client: httpx.AsyncClient, name: str = "Jeanne") -> dict[str, Any]:
    """Log in, and have the client send what the page would send with each request; give the session."""
    answer = await log_in(client, name)
    assert answer.status_code == 201, answer.text
    session: dict[str, Any] = answer.json()
    client.headers.update({"Origin": str(client.base_url).rstrip("/"), "X-CSRF-Token": session["csrf_token"]})
    return session
