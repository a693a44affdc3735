"""Several requests in one: order, references, groups that stand or fall together, and the rights of the key."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from store.connect import connect
from store.keys import NewKey, create_key, insert_key
from tests.api.sensorthings.lab import a_datastream, a_room, seed_lab
from tests.api.sensorthings.service import Service, opened_service
from tests.support.posting import posting_client, seed_posting_town

pytestmark = pytest.mark.services

THING = {"name": "t", "description": "d"}


@pytest.fixture
def keys(database_url: str) -> tuple[str, str, str]:
    return seed_lab(database_url)


@pytest.fixture
def lab(database_url: str, keys: tuple[str, str, str]) -> Iterator[Service]:
    with opened_service(database_url, keys[0]) as service:
        yield service


def a_request(id_: str, method: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "method": method, "url": url, **more}


def ask(service: Service, *requests: dict[str, Any], prefer: str = "") -> list[dict[str, Any]]:
    """Send a batch and give the answers, which are as many as the requests and in their order."""
    headers = {"Prefer": prefer} if prefer else {}
    url = "http://vigie.test/sensorthings/v1.1/$batch"
    answer = service.runner.run(service.client.post(url, json={"requests": requests}, headers=headers))
    assert answer.status_code == 200, answer.text
    responses: list[dict[str, Any]] = answer.json()["responses"]
    assert [one["id"] for one in responses] == [one["id"] for one in requests]
    return responses


def statuses(responses: list[dict[str, Any]]) -> list[int]:
    return [one["status"] for one in responses]


def n_things(service: Service) -> int:
    return int(service.get("/Things?$count=true&$top=0")["@iot.count"])


def test_requests_are_done_in_order_and_name_what_was_made_before(lab: Service) -> None:
    """A thing, a datastream in its path, an observation by its id, and a look at all of it."""
    answers = ask(
        lab,
        a_request("t", "post", "Things", body=a_room(1) | {"Datastreams": []}),
        a_request("d", "POST", "$t/Datastreams", body=a_datastream("d")),
        a_request("o", "POST", "/v1.1/Observations", body={"result": 7, "Datastream": {"@iot.id": "$d"}}),
        a_request("c", "PATCH", "Things($t)", body={"name": "changed"}),
        a_request("g", "GET", "http://vigie.test/sensorthings/v1.1/Datastreams($d)?$expand=Thing,Observations"),
        a_request("x", "DELETE", "Observations($o)"),
    )
    assert statuses(answers) == [201, 201, 201, 200, 200, 200]
    thing = answers[0]["body"]["@iot.id"]
    assert answers[0]["headers"]["location"].endswith(f"/Things({thing})")
    seen = answers[4]["body"]
    assert (seen["Thing"]["@iot.id"], seen["Thing"]["name"]) == (thing, "changed")
    assert [one["result"] for one in seen["Observations"]] == [7]
    lab.refuse(f"/Observations({answers[2]['body']['@iot.id']})", 404)


def test_behind_a_failure_nothing_is_done_unless_asked_for(lab: Service) -> None:
    requests = (
        a_request("a", "POST", "Things", body=THING),
        a_request("b", "POST", "Things", body={"name": "only"}),
        a_request("c", "POST", "Things", body=THING),
        a_request("d", "GET", "Things", dependsOn=["b"]),
    )
    assert statuses(ask(lab, *requests)) == [201, 400, 424, 424]
    assert n_things(lab) == 1
    answers = ask(lab, *requests, prefer="continue-on-error")
    assert statuses(answers) == [201, 400, 201, 424]
    assert answers[1]["body"]["title"] == "Bad request"
    assert answers[1]["body"]["instance"] == "/sensorthings/v1.1/Things"
    assert n_things(lab) == 3


def test_a_group_is_done_whole_or_not_at_all(lab: Service, database_url: str) -> None:
    """What a group wrote is seen within it, and nothing of it is left, in the audit log neither, where a part fails."""
    group = {"atomicityGroup": "g"}
    good = (
        a_request("a", "POST", "Things", body=THING, **group),
        a_request("b", "POST", "$a/Datastreams", body=a_datastream("d"), **group),
        a_request("c", "GET", "$a/Datastreams?$count=true", **group),
    )
    bad = a_request("e", "PATCH", "Things(5)", body={"name": "n"}, **group)
    answers = ask(lab, *good, bad, a_request("f", "GET", "Things"), prefer="continue-on-error")
    assert statuses(answers) == [424, 424, 424, 404, 200]
    assert answers[4]["body"]["value"] == []
    with connect(database_url, program="test") as connection:
        assert connection.execute("select count(*) from audit_log where action = 'create'").fetchone() == (0,)
    answers = ask(lab, *good, a_request("f", "GET", "Things", dependsOn=["g"]))
    assert statuses(answers) == [201, 201, 200, 200]
    assert answers[2]["body"]["@iot.count"] == 1
    assert n_things(lab) == 1


def test_each_request_has_the_rights_of_the_key(database_url: str, keys: tuple[str, str, str], lab: Service) -> None:
    thing = lab.make("/Things", THING)
    requests = (a_request("r", "GET", f"Things({thing})"), a_request("w", "POST", "Things", body=THING))
    with opened_service(database_url, keys[1]) as reader:
        assert statuses(ask(reader, *requests)) == [200, 403]
    with opened_service(database_url, keys[2]) as other:
        changed = a_request("c", "DELETE", f"Things({thing})", atomicityGroup="g")
        assert statuses(ask(other, requests[0], changed, prefer="continue-on-error")) == [404, 404]
    with connect(database_url, program="test") as connection:
        writer_only = create_key(connection, "blind", ["lab"], ["write"])
    with opened_service(database_url, writer_only) as blind:
        assert statuses(ask(blind, requests[0], prefer="continue-on-error")) == [403]
    assert n_things(lab) == 1


@pytest.mark.parametrize(
    "requests",
    [
        None,
        [],
        [5],
        [{"id": "a", "method": "GET"}],
        [a_request("a", "HEAD", "Things")],
        [a_request("a b", "GET", "Things")],
        [a_request("a", "GET", "Things"), a_request("a", "GET", "Things")],
        [a_request("a", "GET", "http://else.test/sensorthings/v1.1/Things")],
        [a_request("a", "GET", "/v1/series")],
        [a_request("a", "GET", "Things", colour="red")],
        [a_request("a", "GET", "$b/Datastreams"), a_request("b", "POST", "Things", body=THING)],
        [a_request("a", "GET", "Things", dependsOn=["a"])],
        [
            a_request("a", "GET", "Things", atomicityGroup="g"),
            a_request("b", "GET", "Things"),
            a_request("c", "GET", "Things", atomicityGroup="g"),
        ],
        [a_request(str(number), "GET", "Things") for number in range(201)],
    ],
)
def test_a_batch_that_cannot_be_read_does_nothing(lab: Service, requests: object) -> None:
    first = [a_request("first", "POST", "Things", body=THING)] if isinstance(requests, list) and requests else []
    body = {"requests": first + requests if isinstance(requests, list) else requests}
    lab.refuse("/$batch", 400, "POST", body)
    assert n_things(lab) == 0


def test_a_body_too_deep_and_one_that_is_multipart_are_refused(lab: Service) -> None:
    deep: Any = 1
    for _ in range(150):
        deep = [deep]
    lab.refuse("/$batch", 400, "POST", {"requests": [a_request("a", "POST", "Things", body=deep)]})
    answer = lab.runner.run(
        lab.client.post(
            "/sensorthings/v1.1/$batch", content=b"--x", headers={"Content-Type": "multipart/mixed;boundary=x"}
        )
    )
    assert answer.status_code == 415


def test_observations_of_series_go_in_alone_and_not_in_a_group(database_url: str) -> None:
    town = seed_posting_town(database_url)
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into series (territory_id, device_id, channel, quantity, unit)"
            " select territory_id, device_id, 'a', 'active_power', 'W' from devices where external_id = 'lamp-0'"
        )
        key = create_key(connection, "client", ["east"], ["read", "write", "ingest"])
    body = {"phenomenonTime": "2026-05-01T10:00:00Z", "result": 41.5}
    one = a_request("o", "POST", "Datastreams(1)/Observations", body=body)
    with asyncio.Runner() as runner:
        entered = posting_client(database_url, key)
        service = Service(runner.run(entered.__aenter__()), runner)
        try:
            assert statuses(ask(service, one | {"atomicityGroup": "g"})) == [400]
            assert town.values() == []
            answers = ask(service, one, a_request("g", "GET", "Observations($o)"))
        finally:
            runner.run(entered.__aexit__(None, None, None))
    assert statuses(answers) == [201, 200]
    assert answers[1]["body"]["result"] == 41.5
    assert town.values() == [("lamp-0", "active_power", 41.5)]


def test_a_batch_lifts_nobody_above_the_role_of_his_key(database_url: str, keys: tuple[str, str, str]) -> None:
    """What a technician may not write by itself he may not write in a batch."""
    with connect(database_url, program="test") as connection:
        _, text = insert_key(connection, NewKey("technician", ["lab"], "technician", ["read", "write"]))
    with opened_service(database_url, text) as service:
        alone = service.runner.run(service.client.post("http://vigie.test/sensorthings/v1.1/Things", json=THING))
        answers = ask(service, a_request("r", "GET", "Things"), a_request("w", "POST", "Things", body=THING))
        assert (alone.status_code, statuses(answers)) == (403, [200, 403])
        assert n_things(service) == len(service.get("/Things")["value"]) == len(answers[0]["body"]["value"])
