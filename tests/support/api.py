"""The real application, asked over ASGI, on a fresh database with a small region."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api.app import create_app
from api.security import Access


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
