"""Alerts over the API: lists, acknowledgement by key and by link, nothing of others."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest

from analytics.alert.carrier import Carrier
from analytics.alert.raising import raise_alerts
from analytics.alert.rota import order_of_call
from analytics.alert.sending import send_due
from sensors.alerts import alert_kinds
from store.alert_duty import list_on_call
from store.alert_setup import NewRota, create_rota
from store.alerts import read_rules
from store.connect import connect
from store.inputs import Connection
from store.keys import NewKey, create_key, insert_key
from store.reader import limited
from tests.analytics.alert.alerted_town import a_channel, a_rule, seed_alerted_town, tell
from tests.support.api import api_client, run_story
from tests.support.hearing import hearing

pytestmark = pytest.mark.services


@dataclass
class Town:
    """A key that may read and write, one of elsewhere, and the path of the link in the message that was sent."""

    key: str
    elsewhere: str
    reader: str
    reader_role: str
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
            insert_key(connection, NewKey("citizen", ["town"], "reader", ["read"]))[1],
            body["acknowledge_url"].removeprefix("http://vigie.test"),
        )


def territory_of(connection: Connection) -> int:
    row = connection.execute("select territory_id from territories where slug = 'town'").fetchone()
    assert row is not None
    return int(row[0])


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

    run_story(database_url, town.key, story)


def test_others_see_and_change_nothing(database_url: str, town: Town) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/alerts?state=all")).json()["items"] == []
        assert (await client.get("/v1/alerts/1")).status_code == 404
        assert (await client.post("/v1/alerts/1/acknowledge", json={"who": "x"})).status_code == 404

    async def reads(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/alerts/1")).status_code == 200
        assert (await client.post("/v1/alerts/1/acknowledge", json={"who": "x"})).status_code == 403

    run_story(database_url, town.elsewhere, story)
    run_story(database_url, town.reader, reads)
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

    run_story(database_url, None, story)
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

    run_story(database_url, None, story)


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

    run_story(database_url, None, story)


def test_messages_say_whom_an_alert_was_sent_to_and_what_came_of_it(database_url: str, town: Town) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        for name in ("Bob", "Chloé", "Dan"):
            a_channel(connection, name)
        connection.execute(
            "insert into alert_messages (alert_id, rule_id, channel_id, step, release_at, due_at, n_attempts,"
            " given_up_at) select 1, 1, channel_id, channel_id - 1, now(), now(), (name = 'Bob')::int * 10,"
            " case when name <> 'Dan' then now() end from alert_channels where channel_id > 1"
        )

    async def story(client: httpx.AsyncClient) -> None:
        items = (await client.get("/v1/alerts/1/messages")).json()["items"]
        found = [(item["channel"], item["way"], item["step"], item["state"]) for item in items]
        assert found == [
            ("Ana <b>", "webhook", 0, "delivered"),
            ("Bob", "webhook", 1, "failed"),
            ("Chloé", "webhook", 2, "dropped"),
            ("Dan", "webhook", 3, "waiting"),
        ]
        assert [item["settled_at"] is None for item in items] == [False, False, False, True]
        assert "127.0.0.1" not in str(items)  # addresses are nobody's business
        (alert,) = (await client.get("/v1/alerts")).json()["items"]
        assert (alert["n_delivered"], alert["n_waiting"], alert["n_failed"]) == (1, 1, 1)
        assert (await client.get("/v1/alerts/2/messages")).status_code == 404

    async def others(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/alerts/1/messages")).status_code == 404

    async def reads(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/alerts/1/messages")).status_code == 403
        assert (await client.get("/v1/on-call")).status_code == 403

    run_story(database_url, town.key, story)
    run_story(database_url, town.elsewhere, others)
    run_story(database_url, town.reader_role, reads)


def test_on_call_is_whom_the_sender_would_tell_first(database_url: str, town: Town) -> None:
    """Turn after turn over a change of summer time, as analytics counts them."""
    with connect(database_url, program="test", autocommit=True) as connection:
        channels = [a_channel(connection, name) for name in ("Bob", "Chloé", "Dan")]
        for first_on, days in ((date(2026, 10, 20), 1), (date(2026, 10, 5), 7)):
            rota = NewRota("town", f"R{days}", channels, first_on, time(8), days)
            a_rule(connection, rota_id=create_rota(connection, rota, "test"))
        rules = [rule for rule in read_rules(connection, territory_of(connection)) if rule.first_on is not None]
        names = dict(connection.execute("select channel_id, name from alert_channels").fetchall())

    async def story(client: httpx.AsyncClient) -> None:
        assert len((await client.get("/v1/on-call?territory=town")).json()["items"]) == 2

    async def walk() -> None:
        async with api_client(database_url, town.key) as client:
            pool = client._transport.app.state.pool  # type: ignore[attr-defined]
            async with limited(pool, [territory]) as reader:
                for hours in range(0, 24 * 21, 5):
                    now = datetime(2026, 10, 15, tzinfo=UTC) + timedelta(hours=hours)
                    rows = await list_on_call(reader, None, now, after=0, n=10)
                    for rule, row in zip(rules, rows, strict=True):
                        order = order_of_call(rule, now)
                        assert (row["on_call"], row["next"]) == (names[order[0]], names[order[1]])
                        assert row["until"] > now
                        assert names[order_of_call(rule, row["until"])[0]] == row["next"]
                        before = row["until"] - timedelta(seconds=1)
                        assert names[order_of_call(rule, before)[0]] == row["on_call"]

    with connect(database_url, program="test") as connection:
        territory = territory_of(connection)
    run_story(database_url, town.key, story)
    asyncio.run(walk())


def test_every_kind_comes_with_what_to_do(database_url: str, town: Town) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        items = (await client.get("/v1/alert-kinds")).json()["items"]
        assert [item["kind"] for item in items] == list(alert_kinds())
        assert all(len(item["steps_fr"]) == len(item["steps_en"]) > 1 for item in items)

    run_story(database_url, town.reader, story)
