"""Work orders over the API: opened, assigned, planned, closed with a verdict that findings get; versions, keys, CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from analytics.incidents.job import keep_incidents
from store.connect import connect
from tests.support.desk import Desk
from tests.support.judged_town import seed_judged_town
from tests.support.technician import ask, get, key_for, list_all

pytestmark = pytest.mark.services
PATH = "/v1/work-orders"
ANY = {"If-Match": "*"}


@pytest.fixture
def desk(database_url: str) -> Desk:
    """Eight lamps with an incident each, of two findings."""
    seed_judged_town(database_url, ("unusual_value", "dead_lamp"))
    with connect(database_url, program="test") as connection:
        keep_incidents(connection, datetime(2026, 5, 2, tzinfo=UTC))
    return Desk(database_url, "town")


@pytest.fixture
def key(desk: Desk) -> str:
    return key_for(desk, "town", "read", "write")


def call(
    desk: Desk, key: str, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    async def story(client: httpx.AsyncClient) -> httpx.Response:
        return await client.request(method, path, json=body, headers=dict(headers or {}))

    answer: httpx.Response = ask(desk, key, story)
    return answer


def opened(desk: Desk, key: str, **body: Any) -> dict[str, Any]:
    answer = call(desk, key, "POST", PATH, body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def incident_of(desk: Desk, finding_id: int) -> Any:
    return desk.fetch("select incident_id from findings where finding_id = %(number)s", number=finding_id)[0][0]


def test_an_order_goes_from_an_incident_to_its_verdict(desk: Desk, key: str) -> None:
    """The whole way, and what remains of it: labels, history, audit log, KPIs to be told again."""
    incident = incident_of(desk, 1)
    order = opened(desk, key, incident_id=incident, who="chef")
    told = get(desk, key, f"/v1/incidents/{incident}")
    said_then = {name: order[name] for name in ("severity", "sentence_fr", "sentence_en", "asset_id")}
    assert said_then == {name: told[name] for name in said_then}
    assert (order["state"], order["version"]) == ("open", 1)
    path = f"{PATH}/{order['work_order_id']}"

    async def story(client: httpx.AsyncClient) -> dict[str, Any]:
        edit = {"technician": "équipe nord", "planned_at": "2026-05-04T08:00:00+02:00"}
        planned = await client.patch(path, json=edit, headers={"If-Match": '"1"'})
        assert (planned.json()["state"], planned.headers["etag"]) == ("planned", '"2"')
        started = await client.patch(path, json={"move": "start"}, headers={"If-Match": '"2"'})
        assert started.json()["state"] == "started"
        closing = {
            "verdict": "confirmed",
            "condition": "failed",
            "failed_at": "2026-05-03T10:00:00Z",
            "cause": "driver",
            "parts": [{"name": "driver 40 W", "n": 1, "cost_eur": 23.5}],
            "worked_min": 35,
            "cost_eur": 61.0,
            "result": "remplacé",
            "who": "Léa",
        }
        closed = await client.post(f"{path}/close", json=closing, headers={"If-Match": '"3"'})
        assert closed.status_code == 200, closed.text
        said: dict[str, Any] = closed.json()
        assert {name: said[name] for name in closing if name not in ("who", "failed_at")} == {
            name: value for name, value in closing.items() if name not in ("who", "failed_at")
        }
        assert (await client.get(path)).json() == said
        return said

    said = ask(desk, key, story)
    assert (said["closed_by"], said["version"], said["planned_at"]) == ("Léa", 4, "2026-05-04T06:00:00Z")
    verdicts = desk.fetch("select finding_id, verdict, who, note, given_by from verdicts order by 1")
    assert verdicts == [(n, "confirmed", "Léa", "driver ; remplacé", "key 1 (technician)") for n in (1, 9)]
    history = list_all(desk, key, f"{path}/history", limit=1)
    assert [(one["action"], one["state"], one["who"]) for one in history] == [
        ("open", "open", "chef"),
        ("plan", "planned", "technician"),
        ("start", "started", "technician"),
        ("close", "closed", "Léa"),
    ]
    assert history[1]["detail"] == {
        "state": "planned",
        "technician": "équipe nord",
        "planned_at": "2026-05-04T06:00:00Z",
    }
    actions = desk.fetch("select action from audit_log where subject = 'work order 1' order by audit_id")
    assert [row[0] for row in actions] == [f"{one}_work_order" for one in ("open", "plan", "start", "close")]
    assert desk.fetch("select count(*) from changed_days where day > now() - interval '2 days'") == [(1,)]


def test_what_a_person_judged_before_stays_and_a_correction_reaches_the_rest(desk: Desk, key: str) -> None:
    call(desk, key, "POST", "/v1/findings/1/verdict", {"verdict": "false_alarm"})
    number = opened(desk, key, incident_id=incident_of(desk, 1))["work_order_id"]
    close = f"{PATH}/{number}/close"
    assert call(desk, key, "POST", close, {"verdict": "confirmed"}, ANY).status_code == 200
    standing = "select finding_id, verdict from verdicts where is_current order by 1"
    assert desk.fetch(standing) == [(1, "false_alarm"), (9, "confirmed")]
    corrected = call(desk, key, "POST", close, {"verdict": "known"}, ANY).json()
    assert (corrected["verdict"], corrected["version"]) == ("known", 3)
    assert desk.fetch(standing) == [(1, "false_alarm"), (9, "known")]


def test_another_cause_is_a_real_fault_without_lead_time(desk: Desk, key: str) -> None:
    number = opened(desk, key, finding_id=2)["work_order_id"]
    body = {"verdict": "other_cause", "condition": "failed", "failed_at": "2026-05-03T10:00:00Z", "cause": "câble"}
    assert call(desk, key, "POST", f"{PATH}/{number}/close", body, ANY).status_code == 200
    assert desk.fetch("select finding_id, verdict, note, failed_at from verdicts") == [
        (2, "confirmed", "autre cause : câble", None)
    ]


def test_nobody_overwrites_what_another_wrote_meanwhile(desk: Desk, key: str) -> None:
    path = f"{PATH}/{opened(desk, key, finding_id=1)['work_order_id']}"
    assert call(desk, key, "PATCH", path, {"technician": "A"}, {"If-Match": '"1"'}).status_code == 200
    stale = call(desk, key, "PATCH", path, {"technician": "B"}, {"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["content-type"]) == (412, "application/problem+json")
    assert call(desk, key, "PATCH", path, {"technician": "B"}).status_code == 428
    assert call(desk, key, "PATCH", path, {"technician": "B"}, {"If-Match": "three"}).status_code == 422
    assert call(desk, key, "POST", f"{path}/close", {"verdict": "known"}, {"If-Match": '"1"'}).status_code == 412
    assert get(desk, key, path)["technician"] == "A"


def test_a_request_that_comes_twice_is_done_once(desk: Desk, key: str) -> None:
    twice = {"Idempotency-Key": "9f-1"}
    first, second = (call(desk, key, "POST", PATH, {"finding_id": 1}, twice) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert call(desk, key, "POST", PATH, {"finding_id": 2}, twice).status_code == 422
    headers = {"Idempotency-Key": "9f-2", "If-Match": '"1"'}
    path = f"{PATH}/{first.json()['work_order_id']}/close"
    once, again = (call(desk, key, "POST", path, {"verdict": "known"}, headers) for _ in range(2))
    assert (once.status_code, again.status_code, once.json()) == (200, 200, again.json())
    assert desk.fetch("select count(*), max(version) from work_orders") == [(1, 2)]


def test_for_one_trouble_there_is_one_open_order(desk: Desk, key: str) -> None:
    body = {"incident_id": incident_of(desk, 1)}
    number = opened(desk, key, **body)["work_order_id"]
    again = call(desk, key, "POST", PATH, body)
    assert (again.status_code, again.json()["work_order_id"]) == (409, number)
    call(desk, key, "PATCH", f"{PATH}/{number}", {"move": "cancel"}, ANY)
    assert opened(desk, key, **body)["work_order_id"] != number


def test_what_is_done_is_done(desk: Desk, key: str) -> None:
    path = f"{PATH}/{opened(desk, key, finding_id=1)['work_order_id']}"
    assert call(desk, key, "PATCH", path, {"move": "cancel"}, ANY).status_code == 200
    refused = call(desk, key, "POST", f"{path}/close", {"verdict": "known"}, ANY)
    assert (refused.status_code, get(desk, key, path)["state"]) == (409, "cancelled")
    assert desk.fetch("select count(*) from verdicts") == [(0,)]


def test_what_is_so_already_changes_nothing(desk: Desk, key: str) -> None:
    path = f"{PATH}/{opened(desk, key, finding_id=1, technician='A')['work_order_id']}"
    same = call(desk, key, "PATCH", path, {"technician": "A"}, ANY)
    assert (same.json()["version"], same.json()["state"]) == (1, "assigned")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"territory": "town"}, 422),
        ({"title": "regarder"}, 422),
        ({"title": "a\x00b", "territory": "town"}, 422),
        ({"finding_id": 1, "planned_at": "2026-05-04"}, 422),
        ({"finding_id": 1, "planned_min": 0}, 422),
        ({"finding_id": 1, "severity": "grave"}, 422),
        ({"finding_id": 1, "colour": "red"}, 422),
        ({"finding_id": 999_999}, 404),
        ({"incident_id": 999_999}, 404),
        ({"title": "regarder", "asset_id": 999_999}, 404),
        ({"title": "regarder", "territory": "beside"}, 404),
    ],
)
def test_what_cannot_be_asked_changes_nothing(desk: Desk, key: str, body: object, status: int) -> None:
    answer = call(desk, key, "POST", PATH, body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert desk.fetch("select count(*) from work_orders") == [(0,)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verdict": "perhaps"},
        {"verdict": "confirmed", "failed_at": "2026-05-03T10:00:00Z"},
        {"verdict": "confirmed", "condition": "failed", "failed_at": "2126-05-03T10:00:00Z"},
        {"verdict": "false_alarm", "condition": "failed"},
        {"verdict": "known", "worked_min": -1},
        {"verdict": "known", "cost_eur": -1},
        {"verdict": "known", "parts": [{"name": ""}]},
    ],
)
def test_what_cannot_be_said_of_it_leaves_it_open(desk: Desk, key: str, body: object) -> None:
    path = f"{PATH}/{opened(desk, key, finding_id=1)['work_order_id']}"
    assert call(desk, key, "POST", f"{path}/close", body, ANY).status_code == 422
    assert get(desk, key, path)["state"] == "open"
    assert desk.fetch("select count(*) from verdicts") == [(0,)]


@pytest.mark.parametrize(
    ("body", "field", "sentence_fr"),
    [
        ({"verdict": "known", "worked_min": -1}, "worked_min", "0 au moins"),
        ({"verdict": "known", "cost_eur": 1e10}, "cost_eur", "1000000000.0 au plus"),
        ({"verdict": "known", "parts": [{"name": "x" * 201}]}, "parts.0.name", "200 signes au plus"),
        ({}, "verdict", "à remplir"),
        (
            {"verdict": "known", "failed_at": "2026-05-03T10:00:00Z"},
            "failed_at",
            "seulement pour un équipement en panne",
        ),
    ],
)
def test_what_is_refused_is_said_of_its_field_in_french(
    desk: Desk, key: str, body: object, field: str, sentence_fr: str
) -> None:
    path = f"{PATH}/{opened(desk, key, finding_id=1)['work_order_id']}"
    (fault,) = call(desk, key, "POST", f"{path}/close", body, ANY).json()["faults"]
    assert (fault["field"], fault["sentence_fr"]) == (field, sentence_fr)
    assert fault["sentence_en"]


def test_only_writers_of_the_territory_change_and_only_its_readers_see(desk: Desk, key: str) -> None:
    number = opened(desk, key, title="Regarder", territory="town")["work_order_id"]
    reader, other = key_for(desk, "town", "read"), key_for(desk, "beside", "read", "write")
    assert call(desk, reader, "POST", PATH, {"finding_id": 1}).status_code == 403
    assert call(desk, reader, "PATCH", f"{PATH}/{number}", {"note": "x"}, ANY).status_code == 403
    assert call(desk, other, "PATCH", f"{PATH}/{number}", {"note": "x"}, ANY).status_code == 404
    assert call(desk, other, "POST", f"{PATH}/{number}/close", {"verdict": "known"}, ANY).status_code == 404
    assert call(desk, other, "POST", PATH, {"finding_id": 1}).status_code == 404
    assert call(desk, other, "GET", f"{PATH}/{number}").status_code == 404
    assert list_all(desk, other, PATH, state="all") == []
    assert list_all(desk, other, f"{PATH}/{number}/history") == []
    assert [one["work_order_id"] for one in list_all(desk, reader, PATH)] == [number]


def test_lists_are_filtered_paged_and_given_as_csv(desk: Desk, key: str) -> None:
    numbers = [opened(desk, key, finding_id=n, technician="A" if n < 3 else None)["work_order_id"] for n in (1, 2, 3)]
    opened(desk, key, title="=HYPERLINK(1)", note='à; "voir"\nvite', territory="town")
    call(desk, key, "POST", f"{PATH}/{numbers[0]}/close", {"verdict": "known"}, ANY)
    assert len(list_all(desk, key, PATH, limit=1)) == 3
    assert [one["work_order_id"] for one in list_all(desk, key, PATH, technician="A")] == [numbers[1]]
    assert [one["work_order_id"] for one in list_all(desk, key, PATH, state="closed")] == [numbers[0]]
    assert len(list_all(desk, key, PATH, state="all")) == 4
    answer = call(desk, key, "GET", f"{PATH}?state=all&format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["state"] for row in rows] == ["open", "open", "assigned", "closed"]
    assert (rows[0]["title"], rows[0]["note"]) == ("'=HYPERLINK(1)", 'à; "voir"\nvite')
    assert rows[3]["verdict"] == "known"


def test_a_calendar_has_an_address_of_its_own_until_it_is_revoked(desk: Desk, key: str) -> None:
    planned = {"planned_at": "2026-05-04T08:00:00Z", "technician": "équipe nord"}
    opened(desk, key, finding_id=1, **planned)
    opened(desk, key, finding_id=2, technician="équipe sud")
    made = call(desk, key, "POST", "/v1/calendars", {"territory": "town", "technician": "équipe nord"})
    assert made.status_code == 201, made.text
    path = made.json()["path"]
    shown = call(desk, "", "GET", path)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    text = shown.content.replace(b"\r\n ", b"").decode()
    assert (text.count("BEGIN:VEVENT"), text.count("BEGIN:VTODO")) == (1, 0)
    assert "DTSTART:20260504T080000Z" in text
    assert path.split("/")[-1].removesuffix(".ics") not in str(desk.fetch("select * from calendar_feeds"))
    assert get(desk, key, "/v1/calendars")["items"][0]["technician"] == "équipe nord"
    other = key_for(desk, "beside", "write")
    assert call(desk, other, "DELETE", f"/v1/calendars/{made.json()['feed_id']}").status_code == 404
    assert call(desk, other, "POST", "/v1/calendars", {"territory": "town"}).status_code == 404
    assert call(desk, key, "DELETE", f"/v1/calendars/{made.json()['feed_id']}").status_code == 204
    assert call(desk, "", "GET", path).status_code == 404
    assert call(desk, "", "GET", f"/v1/calendars/cal_{'x' * 43}.ics").status_code == 404
