"""Muting over the API: who may, what is refused, once under one key, ended once, and in the audit log."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from analytics.alert.raising import raise_alerts
from store.connect import connect
from store.keys import NewKey, create_key, insert_key
from tests.analytics.alert.alerted_town import a_channel, a_rule, seed_alerted_town, tell
from tests.support.api import run_story

pytestmark = pytest.mark.services
PATH = "/v1/alert-pauses"
WISH: dict[str, Any] = {"alert_id": 1, "scope": "asset", "for_min": 60, "reason": "travaux", "who": "Ana"}
NOTED = (
    "select action, subject, detail->>'reason' from audit_log where action like '%alert%pause%' or action like 'pause%'"
)


@dataclass
class Town:
    """A key that may write, one that may not, a reader's, and one of elsewhere."""

    key: str
    only_read: str
    reader_role: str
    elsewhere: str


@pytest.fixture
def town(database_url: str) -> Town:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
        a_rule(connection, channel_id=a_channel(connection, "Ana"))
        tell(connection, "overflow_to_come", "bin-0", "warning")
        tell(connection, "container_fire", "bin-1")
        raise_alerts(connection, datetime.now(UTC))
        return Town(
            create_key(connection, "chief", ["region"], scopes=("read", "write")),
            insert_key(connection, NewKey("onlooker", ["town"], "technician", ["read"]))[1],
            insert_key(connection, NewKey("citizen", ["town"], "reader", ["read"]))[1],
            create_key(connection, "other", ["beside"], scopes=("read", "write")),
        )


def audit_of(database_url: str) -> list[tuple[Any, ...]]:
    with connect(database_url, program="test") as connection:
        return connection.execute(f"{NOTED} order by audit_id").fetchall()


def test_what_is_muted_is_listed_until_it_is_ended(database_url: str, town: Town) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        made = await client.post(PATH, json=WISH)
        assert made.status_code == 200, made.text
        pause = made.json()
        assert (pause["asset_name"], pause["kind"], pause["territory"]) == ("Conteneur 0", None, "town")
        assert (pause["up_to"], pause["who"], pause["reason"]) == ("warning", "Ana", "travaux")
        until = datetime.fromisoformat(pause["until_at"])
        assert abs(until - datetime.fromisoformat(pause["created_at"]) - timedelta(hours=1)) < timedelta(seconds=5)
        assert (await client.get(PATH)).json()["items"] == [pause]
        one = f"{PATH}/{pause['pause_id']}"
        assert (await client.get(one)).json() == pause
        assert [(await client.delete(one)).status_code for _ in range(2)] == [204, 204]
        assert (await client.get(PATH)).json()["items"] == []
        (past,) = (await client.get(PATH, params={"state": "all"})).json()["items"]
        assert past["ended_by"].endswith("(chief)")

    run_story(database_url, town.key, story)
    number = "alert pause 1"
    assert audit_of(database_url) == [("pause_alerts", number, "travaux"), ("end_alert_pause", number, None)]


def test_the_same_request_is_done_once(database_url: str, town: Town) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        sent = {"Idempotency-Key": "once"}
        answers = await asyncio.gather(*(client.post(PATH, json=WISH, headers=sent) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert all(answer.json() == answers[0].json() for answer in answers)
        other = await client.post(PATH, json={**WISH, "for_min": 90}, headers=sent)
        assert other.status_code == 422
        assert len((await client.get(PATH)).json()["items"]) == 1

    run_story(database_url, town.key, story)
    assert len(audit_of(database_url)) == 1


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"alert_id": 99}, 404),
        ({"alert_id": 0}, 422),
        ({"alert_id": 2}, 409),
        ({"alert_id": 2, "scope": "kind"}, 409),
        ({"scope": "town"}, 422),
        ({"for_min": 0}, 422),
        ({"for_min": 10_081}, 422),
        ({"for_min": 1.5}, 422),
        ({"reason": "  "}, 422),
        ({"reason": "x" * 501}, 422),
        ({"reason": "a\x00b"}, 422),
        ({"who": ""}, 422),
        ({"until": "2027-01-01T00:00:00Z"}, 422),
    ],
)
def test_what_cannot_be_muted_is_refused(database_url: str, town: Town, wrong: dict[str, Any], status: int) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.post(PATH, json={**WISH, **wrong})
        assert answer.status_code == status, answer.text
        if status == 409:
            (fault,) = answer.json()["faults"]
            assert "jamais en sourdine" in fault["sentence_fr"]
            assert "never muted" in fault["sentence_en"]
        assert (await client.get(PATH, params={"state": "all"})).json()["items"] == []

    run_story(database_url, town.key, story)
    assert audit_of(database_url) == []


def test_others_neither_see_nor_end_it(database_url: str, town: Town) -> None:
    async def begin(client: httpx.AsyncClient) -> None:
        assert (await client.post(PATH, json=WISH)).status_code == 200

    async def stranger(client: httpx.AsyncClient) -> None:
        assert (await client.get(PATH, params={"state": "all"})).json()["items"] == []
        assert (await client.get(f"{PATH}/1")).status_code == 404
        assert (await client.delete(f"{PATH}/1")).status_code == 404
        assert (await client.post(PATH, json=WISH)).status_code == 404

    async def onlooker(client: httpx.AsyncClient) -> None:
        assert len((await client.get(PATH)).json()["items"]) == 1
        assert (await client.delete(f"{PATH}/1")).status_code == 403
        assert (await client.post(PATH, json=WISH)).status_code == 403

    async def citizen(client: httpx.AsyncClient) -> None:
        assert (await client.get(PATH)).status_code == 403
        assert (await client.post(PATH, json=WISH)).status_code == 403

    run_story(database_url, town.key, begin)
    for key, story in ((town.elsewhere, stranger), (town.only_read, onlooker), (town.reader_role, citizen)):
        run_story(database_url, key, story)
    assert len(audit_of(database_url)) == 1
