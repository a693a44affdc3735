"""The real application behind the address of NGSI-LD, asked and written to one request after the other."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from store.connect import connect
from store.keys import create_key
from tests.support.api import api_client
from tests.support.town import SmallRegion, seed_small_region

ROOT = "http://vigie.test/ngsi-ld/v1"
MODELS = f"{ROOT}/jsonldContexts/smart-data-models"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
LAMP = "urn:ngsi-ld:Streetlight:east:lamp-1"


@dataclass(slots=True)
class Broker:
    """A client with its key. Paths are behind the API's root; names are those of the Smart Data Models."""

    client: httpx.AsyncClient
    runner: asyncio.Runner
    context: str | None = MODELS

    def ask(
        self, path: str, method: str = "GET", body: Any = None, *, headers: dict[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        """Send a request; a body goes as JSON with its context in the Link header unless it has one in it."""
        sent = dict(headers or {})
        parts = body if isinstance(body, list) else [body]
        if any(isinstance(part, dict) and "@context" in part for part in parts):
            sent.setdefault("Content-Type", "application/ld+json")
        elif self.context is not None:
            sent.setdefault("Link", link(self.context))
        return self.runner.run(self.client.request(method, ROOT + path, json=body, headers=sent, params=query or None))

    def get(self, path: str, **query: Any) -> Any:
        """Read what is there."""
        answer = self.ask(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: Any, method: str = "POST", status: int = 201, **query: Any) -> httpx.Response:
        """Write, and expect a status."""
        answer = self.ask(path, method, body, **query)
        assert answer.status_code == status, answer.text
        return answer

    def refuse(
        self, path: str, kind: str, status: int = 400, method: str = "GET", body: Any = None, **more: Any
    ) -> str:
        """Expect a problem of a type of the standard that says what to do, and give its sentence."""
        answer = self.ask(path, method, body, **more)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == ERRORS + kind
        detail = str(answer.json()["detail"])
        assert len(detail) > 10
        return detail

    def ids(self, **query: Any) -> list[str]:
        """Give the ids of the entities that a question means."""
        return [one["id"] for one in self.get("/entities", **query)]


def link(context: str) -> str:
    """Write the header that names a context."""
    return f'<{context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


@contextmanager
def opened_broker(database_url: str, key: str | None) -> Iterator[Broker]:
    """Open the application while inside."""
    with asyncio.Runner() as runner:
        opened = api_client(database_url, key)
        client = runner.run(opened.__aenter__())
        try:
            yield Broker(client, runner)
        finally:
            runner.run(opened.__aexit__(None, None, None))


def seed_writers(database_url: str) -> tuple[SmallRegion, str, str]:
    """Make the small region, and keys that write in the east and, over both communes, in the region."""
    region = seed_small_region(database_url)
    with connect(database_url, program="test") as connection:
        east = create_key(connection, "writer", ["east"], ["read", "write"])
        both = create_key(connection, "both", ["east", "west"], ["read", "write"])
    return region, east, both


def a_building(number: int = 1, **more: Any) -> dict[str, Any]:
    """A building with a name, a floor area, a place and a link to a lamp."""
    return {
        "id": f"urn:ngsi-ld:Building:{number}",
        "type": "Building",
        "name": {"type": "Property", "value": f"Mairie {number}"},
        "floorArea": {"type": "Property", "value": 100 * number, "unitCode": "MTK"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [5.0 + number / 100, 47.0]}},
        "refStreetlight": {"type": "Relationship", "object": LAMP},
        **more,
    }
