"""Observations for series of the registry: stored as any measurement of the device, told after the commit."""

import asyncio
from collections.abc import Iterator

import pytest

from store.connect import connect
from store.keys import create_key
from tests.api.sensorthings.service import ROOT, Service
from tests.support.posting import PostingTown, posting_client, seed_posting_town

pytestmark = pytest.mark.services

AT = "2026-05-01T10:00:00.000Z"


@pytest.fixture
def town(database_url: str) -> PostingTown:
    found = seed_posting_town(database_url)
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into series (territory_id, device_id, channel, quantity, unit)"
            " select territory_id, device_id, 'a', 'active_power', 'W' from devices where external_id = 'lamp-0'"
        )
    return found


def opened(database_url: str, scopes: list[str]) -> Iterator[Service]:
    """The application with its desk, and a key of `east` with these scopes."""
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "client", ["east"], scopes)
    with asyncio.Runner() as runner:
        entered = posting_client(database_url, key)
        client = runner.run(entered.__aenter__())
        try:
            yield Service(client, runner)
        finally:
            runner.run(entered.__aexit__(None, None, None))


@pytest.fixture
def sender(database_url: str, town: PostingTown) -> Iterator[Service]:
    yield from opened(database_url, ["read", "write", "ingest"])


def test_an_observation_of_a_series_is_a_measurement(town: PostingTown, sender: Service) -> None:
    body = {"phenomenonTime": AT, "result": 41.5}
    made = sender.make("/Datastreams(1)/Observations", body)
    assert made == "1-1777629600000000"
    assert sender.get(f"/Observations('{made}')").items() >= body.items()
    assert town.values() == [("lamp-0", "active_power", 41.5)]
    assert sender.make("/Observations", {**body, "Datastream": {"@iot.id": 1}}) == made
    assert town.ledger() == (2, 1, 1, 0)


def test_a_second_value_for_an_instant_is_refused_and_kept(town: PostingTown, sender: Service) -> None:
    sender.make("/Datastreams(1)/Observations", {"phenomenonTime": AT, "result": 41.5})
    assert "refused and kept" in sender.refuse(
        "/Datastreams(1)/Observations", 409, "POST", {"phenomenonTime": AT, "result": 42}
    )
    assert town.ledger() == (2, 1, 0, 1)


def test_arrays_go_to_series_and_own_datastreams_alike(town: PostingTown, sender: Service) -> None:
    rows = [[f"2026-05-01T10:0{minute}:00Z", minute] for minute in range(5)]
    answers = sender.make(
        "/CreateObservations",
        [
            {
                "Datastream": {"@iot.id": 1},
                "components": ["phenomenonTime", "result"],
                "dataArray": [*rows, ["2026-05-01T10:09:00Z", "text"], ["2026-05-01T10:00:00Z", 99]],
            }
        ],
    )
    assert answers[0] == f"{ROOT}/Observations('1-1777629600000000')"
    assert [one.startswith("error") for one in answers] == [False] * 5 + [True, True]
    assert [value for _, _, value in town.values()] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "body",
    [
        {"result": "text"},
        {"result": True},
        {"result": {"a": 1}},
        {"result": 1, "phenomenonTime": "2026-05-01T10:00:00Z/2026-05-01T11:00:00Z"},
        {"result": 1, "parameters": {"a": 1}},
        {"result": 1, "FeatureOfInterest": {"@iot.id": 4294967297}},
    ],
)
def test_what_a_series_cannot_hold_is_refused(town: PostingTown, sender: Service, body: dict[str, object]) -> None:
    sender.refuse("/Datastreams(1)/Observations", 400, "POST", body)
    assert town.values() == []


def test_sending_needs_the_right_to_send(database_url: str, town: PostingTown) -> None:
    for service in opened(database_url, ["read", "write"]):
        assert "ingest" in service.refuse("/Datastreams(1)/Observations", 403, "POST", {"result": 1})
    assert town.values() == []
