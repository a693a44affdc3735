"""The real application, asked over ASGI, on a fresh database with a small region."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx

from api.app import create_app
from api.security import Access

STORY_S = 120.0  # a story that hangs fails
Told = TypeVar("Told")
Story = Callable[[httpx.AsyncClient], Awaitable[Told]]


@asynccontextmanager
async def api_client(
    database_url: str, key: str | None = None, access: Access | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Start the application and give a client that sends the key, if any."""
    app = create_app(database_url, n_connections=4, access=access)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://vigie.test", headers=headers) as client,
    ):
        yield client


def run_story(database_url: str, key: str | None, story: Story[Told], access: Access | None = None) -> Told:
    """Start the application, have somebody with this key live through a story, and give what comes of it."""

    async def run() -> Told:
        async with api_client(database_url, key, access) as client, asyncio.timeout(STORY_S):
            return await story(client)

    return asyncio.run(run())


async def read_all(client: httpx.AsyncClient, path: str, **parameters: object) -> list[dict[str, object]]:
    """Follow the cursors of a list to its end."""
    items: list[dict[str, object]] = []
    cursor: str | None = None
    while True:
        answer = await client.get(path, params={**parameters, **({"cursor": cursor} if cursor else {})})  # type: ignore[dict-item]
        assert answer.status_code == 200, answer.text
        body = answer.json()
        items += body["items"]
        cursor = body["next"]
        if cursor is None:
            return items
