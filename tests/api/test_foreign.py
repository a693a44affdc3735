"""Every route, asked with a foreign key for what is another commune's, shows and changes nothing of it."""

import asyncio
from typing import Any

import httpx
import pytest

from store.connect import connect
from store.keys import SCOPES, NewKey, insert_key
from tests.support.api import api_client
from tests.support.asks import ROUTES, ids_of, send
from tests.support.every_row import OF_KEYS, seed_every_row

# Why a route has nothing that could be foreign.
OF_NO_TERRITORY = {
    "GET /login": "leads to an identity provider: test_code_flow",
    "GET /login/callback": "wants no key but what the provider sends: test_code_flow",
    "GET /metrics": "counters of a process",
    "GET /open/catalogue.{notation}": "published",
    "GET /open/datasets": "published",
    "GET /open/datasets/{territory}/{publication}": "published",
    "GET /open/datasets/{territory}/{publication}/{file}": "published",
    "GET /open/releases": "published",
    "GET /sensorthings/v1.1": "names of sets",
    "GET /sensorthings/v1.1/": "names of sets",
    "GET /signaler/{territory}": "a form for anybody",
    "POST /signaler/{territory}": "from anybody: test_citizen_reports",
    "GET /v1/alert-kinds": "a registry",
    "GET /v1/alerts/links/{token}": "wants no key but the secret itself: test_alerts",
    "POST /v1/alerts/links/{token}": "wants no key but the secret itself: test_alerts",
    "GET /v1/citizen-reports/{territory}/{reference}": "whoever has the reference: test_citizen_reports",
    "GET /v1/calendars/{token}.ics": "wants no key but the secret itself: test_security",
    "GET /v1/events": "has no end: test_events tells of foreign keys",
    "GET /v1/exports": "a key sees its own orders only: test_exports",
    "GET /v1/health": "one word",
    "GET /v1/health/programs": "of the platform",
    "GET /v1/key": "of the key itself",
    "GET /v1/public/kpis": "published",
    "GET /v1/session": "of the cookie itself: test_session",
    "POST /v1/session": "of the account itself: test_session",
    "DELETE /v1/session": "of the cookie itself: test_session",
    "GET /v1/reference-kinds": "a registry",
}
# Take no territory: whoever asks sees his own, and never this one's name.
UNNAMED = {"GET /v1/calendars", "GET /v1/sources", "GET /v1/territories"}
# Need more of the platform than a test of rights starts; the right key is refused for that, not for being foreign.
NOT_DONE = {"POST /v1/messages": 503, "GET /v1/exports/{export_id}/file": 409}
# Elsewhere 404, or a success that shows nothing.
REFUSALS = {"POST /v1/messages": (403,), "POST /v1/rejections/replay": (422,), "POST /v1/devices/accept": (202,)}
ASKED = [route for route in ROUTES if route not in OF_NO_TERRITORY]
CHANGED = """
select (select count(*) from audit_log), (select sum(version) from work_orders), (select count(*) from verdicts),
       (select array_agg(state order by device_id) from devices), (select count(*) from assets)
"""


def make_key(database_url: str, territory: str) -> str:
    """An administrator's, who may all there is, in his own commune."""
    with connect(database_url, program="test") as connection:
        return insert_key(connection, NewKey(territory, [territory], "administrator", SCOPES))[1]


def state_of(database_url: str) -> Any:
    with connect(database_url, program="test") as connection:
        return connection.execute(CHANGED).fetchone()


def shows(answer: httpx.Response, territory: str, route: str) -> bool:
    """Tell whether an answer holds anything of what was asked for."""
    if answer.status_code >= 400:
        return False
    if route in UNNAMED:
        return territory in answer.text
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return bool(answer.content)
    body = answer.json()
    if isinstance(body, list):  # CreateObservations: an address, or why not, for each
        return any("error" not in one for one in body)
    if "responses" in body:  # $batch: a status for each request
        return any(one["status"] < 400 for one in body["responses"])
    return bool(body["items"]) if "items" in body else any(body.values())


def test_every_reason_is_that_of_a_route() -> None:
    assert set(OF_NO_TERRITORY) | UNNAMED | set(NOT_DONE) <= set(ROUTES)


@pytest.mark.services
def test_every_route_refuses_a_foreign_key_and_answers_the_right_one(database_url: str) -> None:
    """What the south's key is shown, the north's is not: 403, 404, or an empty list; and nothing has changed."""
    seed_every_row(database_url)
    foreign, own = make_key(database_url, "north"), make_key(database_url, "south")
    with connect(database_url, program="test") as connection:
        connection.execute(OF_KEYS)
    assert None not in ids_of(database_url, "south").values()

    async def story() -> dict[str, str]:
        wrong: dict[str, str] = {}
        async with api_client(database_url) as client:
            for route in sorted(ASKED, key=lambda route: route.startswith("DELETE")):
                with connect(database_url, program="test") as connection:  # what routes before have done to it
                    connection.execute("update devices set state = 'pending' where external_id like 'stranger of %'")
                ids, before = ids_of(database_url, "south"), state_of(database_url)
                answer = await send(client, route, ids, foreign)
                if shows(answer, "south", route) or answer.status_code not in REFUSALS.get(route, (200, 201, 404)):
                    wrong[f"foreign {route}"] = f"{answer.status_code} {answer.text[:300]}"
                if state_of(database_url) != before and not route.startswith("GET"):
                    wrong[f"changed by {route}"] = answer.text[:300]
                answer = await send(client, route, ids, own)
                is_done = (answer.is_success and not answer.content) or answer.status_code == NOT_DONE.get(route)
                if not shows(answer, "south", route) and not is_done:
                    wrong[f"own {route}"] = f"{answer.status_code} {answer.text[:300]}"
        return wrong

    wrong = asyncio.run(story())
    assert not wrong, "\n".join(f"{route}: {told}" for route, told in wrong.items())
