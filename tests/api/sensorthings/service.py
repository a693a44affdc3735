"""The real application behind the address of SensorThings, asked and written to one request after the other."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.support.api import api_client

ROOT = "http://vigie.test/sensorthings/v1.1"


@dataclass(slots=True)
class Service:
    """A client with its key. Paths are behind the service root; full addresses do as well."""

    client: httpx.AsyncClient
    runner: asyncio.Runner

    def ask(self, path: str, method: str = "GET", body: Any = None) -> httpx.Response:
        """Send a request."""
        url = path if path.startswith("http") else ROOT + path
        return self.runner.run(self.client.request(method, url, json=body))

    def get(self, path: str) -> Any:
        """Read what is there."""
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def values(self, path: str) -> list[dict[str, Any]]:
        """Read a set to its end, page by page."""
        found: list[dict[str, Any]] = []
        url: str | None = path
        while url is not None:
            body = self.get(url)
            found += body["value"]
            url = body.get("@iot.nextLink")
        return found

    def make(self, path: str, body: Any) -> Any:
        """Make an entity and give its id."""
        answer = self.ask(path, "POST", body)
        assert answer.status_code == 201, answer.text
        if isinstance(body, dict):
            link = answer.headers["Location"]
            assert urlsplit(link).path == urlsplit(answer.json()["@iot.selfLink"]).path
            return answer.json()["@iot.id"]
        return answer.json()

    def refuse(self, path: str, status: int = 400, method: str = "GET", body: Any = None) -> str:
        """Expect a problem that says what to do, and give its sentence."""
        answer = self.ask(path, method, body)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        detail = str(answer.json()["detail"])
        assert len(detail) > 10
        return detail


@contextmanager
def opened_service(database_url: str, key: str | None) -> Iterator[Service]:
    """Open the application while inside."""
    with asyncio.Runner() as runner:
        opened = api_client(database_url, key)
        client = runner.run(opened.__aenter__())
        try:
            yield Service(client, runner)
        finally:
            runner.run(opened.__aexit__(None, None, None))
