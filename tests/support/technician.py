"""A technician at the API: keys, questions and changes over HTTP, and the worker that does what was asked for."""

import threading
from typing import Any

import httpx

from ingest.replayer import Replayer
from store.connect import connect
from store.keys import create_key
from tests.support.api import Story, Told, read_all, run_story
from tests.support.desk import Desk
from tests.support.waiting import wait_until


def key_for(desk: Desk, territory: str, *scopes: str) -> str:
    with connect(desk.database_url, program="test") as connection:
        return create_key(connection, "technician", [territory], scopes=scopes)


def ask(desk: Desk, key: str, story: Story[Told]) -> Told:
    return run_story(desk.database_url, key, story)


def post(desk: Desk, key: str, path: str, body: object = None) -> httpx.Response:
    async def story(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(path, json=body)

    answer: httpx.Response = ask(desk, key, story)
    return answer


def get(desk: Desk, key: str, path: str) -> Any:
    async def story(client: httpx.AsyncClient) -> Any:
        return (await client.get(path)).json()

    return ask(desk, key, story)


def list_all(desk: Desk, key: str, path: str, **parameters: object) -> list[dict[str, Any]]:
    async def story(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        return await read_all(client, path, **parameters)

    found: list[dict[str, Any]] = ask(desk, key, story)
    return found


def work(desk: Desk) -> None:
    """Run the ingest's replayer until nothing that is due is left to do."""
    replayer = Replayer(desk.database_url)
    thread = threading.Thread(target=replayer.run)
    thread.start()
    try:
        open_requests = "select count(*) from replay_requests where done_at is null and due_at <= now()"
        wait_until(lambda: desk.fetch(open_requests) == [(0,)], "the replays", 20)
    finally:
        replayer.close()
        thread.join(10)
