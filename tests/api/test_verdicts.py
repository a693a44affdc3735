"""Verdicts over the API: given, restated, withdrawn, refused; what they show of models; thresholds set by hand."""

from typing import Any

import httpx
import pytest

from tests.support.desk import Desk
from tests.support.judged_town import seed_judged_town
from tests.support.technician import ask, get, key_for, list_all, post

pytestmark = pytest.mark.services


@pytest.fixture
def desk(database_url: str) -> Desk:
    seed_judged_town(database_url, ("unusual_value", "container_fire"))
    return Desk(database_url, "town")


@pytest.fixture
def key(desk: Desk) -> str:
    return key_for(desk, "town", "read", "write")


def say(desk: Desk, key: str, number: int, **body: Any) -> dict[str, Any]:
    answer = post(desk, key, f"/v1/findings/{number}/verdict", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(desk: Desk, key: str, number: int) -> dict[str, Any]:
    (found,) = [one for one in list_all(desk, key, "/v1/findings") if one["finding_id"] == number]
    return found


def test_a_verdict_is_given_shown_and_noted(desk: Desk, key: str) -> None:
    given = say(desk, key, 1, verdict="confirmed", who="équipe nord", note="ballast", failed_at="2026-05-02T10:00:00Z")
    assert (given["territory"], given["who"], given["is_current"]) == ("town", "équipe nord", True)
    assert shown(desk, key, 1)["verdict"] == "confirmed"
    assert list_all(desk, key, "/v1/verdicts", finding_id=1) == [given]
    ((actor, subject, detail),) = desk.fetch("select actor, subject, detail from audit_log")
    assert (actor, subject) == ("key 1 (technician)", "finding 1")
    assert detail == {"territory": "town", "verdict": "confirmed", "before": None, "who": "équipe nord"}


def test_without_a_name_it_is_the_keys(desk: Desk, key: str) -> None:
    assert say(desk, key, 1, verdict="known")["who"] == "technician"


def test_the_same_once_more_changes_nothing(desk: Desk, key: str) -> None:
    first = say(desk, key, 1, verdict="known", note="armoire en travaux")
    assert say(desk, key, 1, verdict="known", note="armoire en travaux") == first
    assert desk.fetch("select count(*) from verdicts") == [(1,)]
    assert desk.fetch("select count(*) from audit_log") == [(1,)]


def test_a_restated_verdict_keeps_the_one_before(desk: Desk, key: str) -> None:
    say(desk, key, 1, verdict="false_alarm")
    say(desk, key, 1, verdict="confirmed")
    told = list_all(desk, key, "/v1/verdicts", finding_id=1)
    assert [(one["verdict"], one["is_current"]) for one in told] == [("confirmed", True), ("false_alarm", False)]
    assert (shown(desk, key, 1)["verdict"], shown(desk, key, 1)["is_silenced"]) == ("confirmed", False)


def test_a_verdict_is_withdrawn(desk: Desk, key: str) -> None:
    say(desk, key, 1, verdict="false_alarm")
    assert shown(desk, key, 1)["is_silenced"] is True
    say(desk, key, 1, verdict="withdrawn")
    assert (shown(desk, key, 1)["verdict"], shown(desk, key, 1)["is_silenced"]) == (None, False)
    assert post(desk, key, "/v1/findings/2/verdict", {"verdict": "withdrawn"}).status_code == 404


@pytest.mark.parametrize("word", ["known", "false_alarm"])
def test_what_is_known_or_false_is_no_alarm_of_its_asset_any_more(desk: Desk, key: str, word: str) -> None:
    say(desk, key, 1, verdict=word)
    by_asset = {one["asset_id"]: one["n_open_findings"] for one in list_all(desk, key, "/v1/assets")}
    assert sorted(by_asset.values()) == [1, 2, 2, 2, 2, 2, 2, 2]


def test_a_fire_is_never_silenced(desk: Desk, key: str) -> None:
    say(desk, key, 9, verdict="known")
    assert (shown(desk, key, 9)["verdict"], shown(desk, key, 9)["is_silenced"]) == ("known", False)


def test_precision_and_lead_time_are_told_with_their_interval(desk: Desk, key: str) -> None:
    for number in range(1, 7):
        say(desk, key, number, verdict="confirmed", failed_at="2026-05-02T10:00:00Z")
    say(desk, key, 7, verdict="false_alarm")
    say(desk, key, 8, verdict="known")
    fire, unusual = list_all(desk, key, "/v1/finding-precisions")
    assert (fire["kind"], fire["n_findings"], fire["precision"], fire["low"]) == ("container_fire", 8, None, None)
    counts = [unusual[name] for name in ("n_findings", "n_confirmed", "n_false", "n_known", "n_lead")]
    assert (unusual["asset_type"], counts) == ("street_light", [8, 6, 1, 1, 6])
    # Wilson's interval of 6 of 7, and the median of 24 h, 23 h, ... 19 h.
    assert unusual["precision"] == pytest.approx(6 / 7)
    assert (unusual["low"], unusual["high"]) == (pytest.approx(0.4869, abs=1e-4), pytest.approx(0.9743, abs=1e-4))
    assert unusual["lead_h"] == pytest.approx(21.5)
    assert list_all(desk, key_for(desk, "beside", "read"), "/v1/finding-precisions") == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict": "perhaps"}, 422),
        ({}, 422),
        ({"verdict": "known", "failed_at": "2026-05-01T10:00:00Z"}, 422),
        ({"verdict": "confirmed", "failed_at": "2126-05-01T10:00:00Z"}, 422),
        ({"verdict": "confirmed", "failed_at": "0001-01-01T00:00:00+14:00"}, 422),
        ({"verdict": "confirmed", "failed_at": "2026-05-01"}, 422),
        ({"verdict": "confirmed", "note": "a\x00b"}, 422),
        ({"verdict": "confirmed", "who": ""}, 422),
        ({"verdict": "confirmed", "colour": "red"}, 422),
    ],
)
def test_what_cannot_be_said_changes_nothing(desk: Desk, key: str, body: object, status: int) -> None:
    answer = post(desk, key, "/v1/findings/1/verdict", body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert desk.fetch("select count(*) from verdicts") == [(0,)]


def test_only_writers_of_the_territory_judge(desk: Desk, key: str) -> None:
    body = {"verdict": "known"}
    assert post(desk, key_for(desk, "town", "read"), "/v1/findings/1/verdict", body).status_code == 403
    assert post(desk, key_for(desk, "beside", "write"), "/v1/findings/1/verdict", body).status_code == 404
    assert post(desk, key, "/v1/findings/999999/verdict", body).status_code == 404
    assert desk.fetch("select count(*) from verdicts") == [(0,)]


def test_lists_are_paged(desk: Desk, key: str) -> None:
    for number in (1, 2, 3):
        say(desk, key, number, verdict="known")
    assert [one["finding_id"] for one in list_all(desk, key, "/v1/verdicts", limit=1)] == [3, 2, 1]
    assert len(list_all(desk, key, "/v1/finding-precisions", limit=1)) == 2


def test_a_threshold_is_set_held_and_given_back(desk: Desk, key: str) -> None:
    path = "/v1/territories/town/thresholds"
    place = {"kind": "unusual_value", "asset_type": "street_light"}
    assert post(desk, key, path, {**place, "factor": 1.5}).json()["is_held"] is True
    assert post(desk, key, path, place).json()["factor"] == 1.5
    (standing,) = list_all(desk, key, "/v1/thresholds")
    assert (standing["factor"], standing["reason"], standing["is_held"]) == (1.5, "released", False)
    moves = list_all(desk, key, "/v1/thresholds", history=True, limit=1)
    assert [(one["factor_before"], one["reason"], one["is_current"]) for one in moves] == [
        (1.5, "released", True),
        (1.0, "by_hand", False),
    ]
    assert [row[0] for row in desk.fetch("select action from audit_log order by 1")] == [
        "move_threshold",
        "release_threshold",
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "unusual_value", "factor": 3.1}, 422),
        ({"kind": "unusual_value", "factor": 0.1}, 422),
        ({"kind": "container_fire", "factor": 2}, 409),
        ({"kind": "Odd!", "factor": 2}, 422),
    ],
)
def test_a_threshold_that_may_not_be_is_refused(desk: Desk, key: str, body: object, status: int) -> None:
    assert post(desk, key, "/v1/territories/town/thresholds", body).status_code == status
    assert desk.fetch("select count(*) from thresholds") == [(0,)]


def test_a_threshold_of_another_territory_is_not_there(desk: Desk, key: str) -> None:
    body = {"kind": "unusual_value", "factor": 2}
    assert post(desk, key_for(desk, "beside", "write"), "/v1/territories/town/thresholds", body).status_code == 404
    assert post(desk, key_for(desk, "town", "read"), "/v1/territories/town/thresholds", body).status_code == 403


def test_an_alarm_budget_is_entered_once_and_changed_with_a_cause(desk: Desk, key: str) -> None:
    path = "/v1/territories/town/reference/alarm-budgets"

    async def story(client: httpx.AsyncClient) -> None:
        done = await client.post(path, json={"alarms_per_technician": 10, "n_technicians": 2})
        assert done.status_code == 201, done.text
        again = await client.post(path, json={"alarms_per_technician": 12, "n_technicians": 2})
        assert again.status_code == 422
        changed = await client.patch(
            f"{path}/{done.json()['id']}", json={"n_technicians": 3}, params={"cause": "one more"}
        )
        assert changed.status_code == 200, changed.text

    ask(desk, key, story)
    (entry,) = list_all(desk, key, path)
    assert (entry["alarms_per_technician"], entry["n_technicians"]) == (10.0, 3)
    assert get(desk, key, "/v1/alarm-loads")["items"] == []


def test_a_verdict_with_a_key_is_given_once_and_answered_the_same(desk: Desk, key: str) -> None:
    """Between the two somebody else judged: the repeated request changes nothing and is told what it was told."""

    async def story(client: httpx.AsyncClient) -> list[httpx.Response]:
        headers, body = {"Idempotency-Key": "again-1"}, {"verdict": "known", "who": "équipe nord"}
        path = "/v1/findings/1/verdict"
        first = await client.post(path, json=body, headers=headers)
        await client.post(path, json={"verdict": "confirmed"})
        again = await client.post(path, json=body, headers=headers)
        other = await client.post(path, json={**body, "note": "x"}, headers=headers)
        elsewhere = await client.post("/v1/findings/2/verdict", json=body, headers=headers)
        return [first, again, other, elsewhere]

    first, again, other, elsewhere = ask(desk, key, story)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert (other.status_code, elsewhere.status_code) == (422, 422)
    assert "Idempotency-Key" in other.json()["detail"]
    assert shown(desk, key, 1)["verdict"] == "confirmed"
    assert desk.fetch("select count(*) from verdicts") == [(2,)]


def test_a_refused_verdict_does_not_use_up_its_key(desk: Desk, key: str) -> None:
    async def story(client: httpx.AsyncClient) -> list[int]:
        headers = {"Idempotency-Key": "later"}
        answers = [
            await client.post("/v1/findings/999999/verdict", json={"verdict": "known"}, headers=headers),
            await client.post("/v1/findings/1/verdict", json={"verdict": "known"}, headers=headers),
        ]
        return [answer.status_code for answer in answers]

    assert ask(desk, key, story) == [404, 200]
