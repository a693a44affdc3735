"""Quarantine over the API: causes seen, devices accepted, messages replayed by those who may, and by nobody else."""

from typing import Any

import httpx
import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register
from tests.support.api import read_all
from tests.support.desk import Desk
from tests.support.technician import ask, key_for, post, work

pytestmark = pytest.mark.services


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    """A territory with five messages of a stranger and one piece of garbage, and one beside it."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry(territory_slug, "Test"), TerritoryEntry("beside", "Beside")],
            [AssetEntry(territory_slug, "lamp-1", "Lamp 1", "street_light")],
        )
    desk = Desk(database_url, territory_slug)
    topic = f"vigie/{territory_slug}/new/up"
    messages = [(topic, b'{"at":%d,"values":{"voltage":230}}' % (1_780_000_000 + i)) for i in range(5)]
    desk.work([desk.chunk([*messages, (topic, b"{garbage")])])
    return desk


def pending_id(desk: Desk) -> int:
    async def story(client: httpx.AsyncClient) -> int:
        (device,) = await read_all(client, "/v1/devices", state="pending")
        return int(str(device["device_id"]))

    found: int = ask(desk, key_for(desk, desk.territory, "read"), story)
    return found


def test_causes_are_grouped_with_a_sample(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        return await read_all(client, "/v1/rejections/causes")

    first, second = ask(desk, key_for(desk, desk.territory, "read"), story)
    assert (first["reason"], first["n_messages"], first["n_devices"], first["can_be_mended"]) == (
        "unknown_device",
        5,
        1,
        True,
    )
    assert first["decoder_version"]
    assert first["sentence_fr"] != first["sentence_en"]
    assert (second["reason"], second["can_be_mended"]) == ("invalid_json", False)
    assert ask(desk, key_for(desk, "beside", "read"), story) == []


def test_an_accepted_device_has_its_messages_replayed_by_the_worker(desk: Desk) -> None:
    """Accept over HTTP; the ingest's replayer does what was asked; the counts can be read; a second time is refused."""
    key = key_for(desk, desk.territory, "read", "write")
    path = f"/v1/devices/{pending_id(desk)}/accept"
    done = post(desk, key, path, {"name": "Lamp", "asset": "lamp-1"})
    assert (done.status_code, done.json()["external_id"]) == (202, "new")
    work(desk)
    (replay,) = [one for one in replays(desk, key) if one["request_id"] == done.json()["request_id"]]
    assert [replay[name] for name in ("n_messages", "n_unchanged", "n_stored", "n_rejected")] == [5, 0, 5, 0]
    assert desk.fetch("select sum(n_received), sum(n_stored), sum(n_rejected) from delivery_ledger") == [(6, 5, 1)]
    assert desk.fetch("select name, state from devices") == [("Lamp", "accepted")]
    assert desk.fetch("select count(*) from placements") == [(1,)]
    assert post(desk, key, path).status_code == 409
    assert [row[0] for row in desk.fetch("select action from audit_log order by audit_id")] == [
        "accept_device",
        "replay",
    ]


def test_a_replay_is_asked_for_and_leaves_what_is_not_mended(desk: Desk) -> None:
    key = key_for(desk, desk.territory, "read", "write")
    assert post(desk, key, "/v1/rejections/replay", {"reason": "invalid_json"}).status_code == 202
    work(desk)
    assert [replays(desk, key)[0][name] for name in ("n_messages", "n_unchanged")] == [0, 1]


def test_what_a_worker_refused_before_it_knew_of_the_acceptance_is_replayed_too(desk: Desk) -> None:
    """A message is refused after the first replay; the second comes when it is due, and only then."""
    key = key_for(desk, desk.territory, "read", "write")
    assert post(desk, key, f"/v1/devices/{pending_id(desk)}/accept").status_code == 202
    work(desk)
    refuse_one_more(desk)
    work(desk)
    assert desk.fetch("select count(*) from measurements") == [(5,)]
    desk.change("update replay_requests set due_at = now() where done_at is null")
    work(desk)
    assert desk.fetch("select count(*) from measurements") == [(6,)]
    assert desk.fetch("select sum(n_received), sum(n_stored), sum(n_rejected) from delivery_ledger") == [(7, 6, 1)]


def refuse_one_more(desk: Desk) -> None:
    """Have a message of the device refused, as by a worker that does not know yet of its acceptance."""
    desk.change("update devices set state = 'pending'")
    desk.work([desk.chunk([(f"vigie/{desk.territory}/new/up", b'{"at":1780000100,"values":{"voltage":231}}')], 9)])
    desk.change("update devices set state = 'accepted'")


def replays(desk: Desk, key: str) -> list[dict[str, Any]]:
    async def story(client: httpx.AsyncClient) -> list[dict[str, Any]]:
        return await read_all(client, "/v1/rejections/replays")

    found: list[dict[str, Any]] = ask(desk, key, story)
    return found


@pytest.mark.parametrize("path", ["/v1/rejections/replay", "/v1/devices/{id}/accept"])
def test_a_key_that_only_reads_changes_nothing(desk: Desk, path: str) -> None:
    path = path.format(id=pending_id(desk))
    assert post(desk, key_for(desk, desk.territory, "read"), path, {}).status_code == 403
    assert desk.fetch("select count(*) from replay_requests") == [(0,)]
    assert desk.fetch("select state from devices") == [("pending",)]


def test_a_key_of_another_territory_changes_nothing(desk: Desk) -> None:
    """It is not even told that the device is there."""
    key = key_for(desk, "beside", "read", "write")
    assert post(desk, key, f"/v1/devices/{pending_id(desk)}/accept").status_code == 404
    assert post(desk, key, "/v1/rejections/replay", {"territory": desk.territory}).status_code == 422
    assert desk.fetch("select state from devices") == [("pending",)]
    assert post(desk, key, "/v1/rejections/replay", {}).status_code == 202
    work(desk)
    assert desk.fetch("select count(*) from rejections where resolved_at is not null") == [(0,)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"asset": "lamp-9"}, 404),
        ({"colour": "red"}, 422),
        ({"interval_s": 0}, 422),
        ({"name": "a\x00b"}, 422),
        ([], 422),
    ],
)
def test_an_acceptance_that_cannot_be_used_accepts_nothing(desk: Desk, body: object, status: int) -> None:
    key = key_for(desk, desk.territory, "write")
    answer = post(desk, key, f"/v1/devices/{pending_id(desk)}/accept", body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert desk.fetch("select state from devices") == [("pending",)]
    assert desk.fetch("select count(*) from audit_log") == [(0,)]
