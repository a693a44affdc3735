"""Alerts over the API: lists, acknowledgement by key and by link, nothing of others."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from analytics.alert.carrier import Carrier
from analytics.alert.raising import raise_alerts
from analytics.alert.sending import send_due
from store.connect import connect
from store.keys import create_key
from tests.analytics.alert.alerted_town import a_channel, a_rule, seed_alerted_town, tell
from tests.support.api import api_client
from tests.support.hearing import hearing

pytestmark = pytest.mark.services


@dataclass
class Town:
    """A key that may read and write, one of elsewhere, and the path of the link in the message that was sent."""

    key: str
    elsewhere: str
    reader: str
    link: str


@pytest.fixture
def town(database_url: str) -> Town:
    """A fire that was told to a program."""
    with connect(database_url, program="test", autocommit=True) as connection, hearing() as listener:
        seed_alerted_town(connection)
        a_rule(connection, channel_id=a_channel(connection, "Ana <b>", address=listener.url))
        tell(connection, "container_fire", "bin-0")
        raise_alerts(connection, datetime.now(UTC))
        send_due(connection, 1, datetime.now(UTC), Carrier(page_url="http://vigie.test"))
        body = httpx.Response(200, content=listener.heard[0].body).json()
        scopes = ["read", "write"]
        return Town(
            create_key(connection, "boss", ["region"], scopes=scopes),
            create_key(connection, "other", ["beside"], scopes=scopes),
            create_key(connection, "reader", ["town"]),
            body["acknowledge_url"].removeprefix("http://vigie.test"),
        )


def ask(database_url: str, key: str | None, story: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def tell_story() -> None:
        async with api_client(database_url, key) as client:
            await story(client)

    asyncio.run(tell_story())


def test_alerts_are_listed_and_acknowledged_once(database_url: str, town: Town) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        (item,) = (await client.get("/v1/alerts")).json()["items"]
        assert (item["kind"], item["territory"], item["severity"]) == ("bin_fire", "town", "urgent")
        assert (item["sentence_fr"], item["acknowledged_by"]) == ("bin-0 : container_fire.", None)
        assert (await client.get("/v1/alerts/1")).json() == item
        for query, n in (("kind=leak", 0), ("kind=bin_fire", 1), ("state=closed", 0), ("territory=beside", 0)):
            assert len((await client.get(f"/v1/alerts?{query}")).json()["items"]) == n
        first = await client.post("/v1/alerts/1/acknowledge", json={"who": "Léa"})
        again = await client.post("/v1/alerts/1/acknowledge", json={"who": "Bob"})
        assert (first.status_code, again.status_code) == (204, 409)
        assert "Léa" in again.json()["detail"]
        assert (await client.get("/v1/alerts/1")).json()["acknowledged_by"] == "Léa"
        assert (await client.get("/v1/alerts?state=unacknowledged")).json()["items"] == []

    ask(database_url, town.key, story)


def test_others_see_and_change_nothing(database_url: str, town: Town) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/alerts?state=all")).json()["items"] == []
        assert (await client.get("/v1/alerts/1")).status_code == 404
        assert (await client.post("/v1/alerts/1/acknowledge", json={"who": "x"})).status_code == 404

    async def reads(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/alerts/1")).status_code == 200
        assert (await client.post("/v1/alerts/1/acknowledge", json={"who": "x"})).status_code == 403

    ask(database_url, town.elsewhere, story)
    ask(database_url, town.reader, reads)
    with connect(database_url, program="test") as connection:
        assert connection.execute("select count(acknowledged_at) from alerts").fetchone() == (0,)


def test_a_link_acknowledges_once_and_only_when_it_is_pressed(database_url: str, town: Town) -> None:
    """Opening it, as programs that look through mails do, changes nothing."""

    async def story(client: httpx.AsyncClient) -> None:
        for _ in range(2):
            opened = await client.get(town.link)
            assert opened.status_code == 200
            assert '<form method="post">' in opened.text
            assert "Appeler les pompiers" in opened.text
            assert "form-action 'self'" in opened.headers["content-security-policy"]
            assert opened.headers["cache-control"] == "no-store"
        pressed = await client.post(town.link)
        assert "Ana &lt;b&gt;" in pressed.text
        assert "<b>" not in pressed.text
        assert (await client.post(town.link)).status_code == 404
        assert (await client.get(town.link)).status_code == 404

    ask(database_url, None, story)
    with connect(database_url, program="test") as connection:
        assert connection.execute("select acknowledged_by from alerts").fetchone() == ("Ana <b>",)
        (note,) = connection.execute("select actor from audit_log where action = 'acknowledge_alert'").fetchone() or (
            "",
        )
        assert note == "link of Ana <b>"


def test_a_link_to_what_another_looks_after_says_so(database_url: str, town: Town) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("update alerts set acknowledged_at = now(), acknowledged_by = 'Léa'")

    async def story(client: httpx.AsyncClient) -> None:
        opened = await client.get(town.link)
        assert "Léa s’en occupe" in opened.text
        assert "<form" not in opened.text
        assert "Léa s’en occupe" in (await client.post(town.link)).text

    ask(database_url, None, story)


@pytest.mark.parametrize(
    "change",
    ["update alerts set opened_at = now() - interval '8 days'", "update alert_channels set revoked_at = now()"],
)
def test_an_old_link_and_one_of_a_channel_that_was_revoked_lead_nowhere(
    database_url: str, town: Town, change: str
) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(change.encode())

    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get(town.link)).status_code == 404
        assert (await client.post(town.link)).status_code == 404

    ask(database_url, None, story)
