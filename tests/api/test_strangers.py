"""Devices that nobody registered: seen with their sample, accepted or ignored by those who may; devices moved."""

from typing import Any

import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register
from tests.support.desk import Desk
from tests.support.technician import get, key_for, list_all, post, work

pytestmark = pytest.mark.services

BEGIN_S = 1_780_000_000


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    """A territory with two lamps, in which three strangers have sent: one thrice, one once, one with a bad part."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry(territory_slug, "Test"), TerritoryEntry("beside", "Beside")],
            [AssetEntry(territory_slug, slug, slug, "street_light") for slug in ("lamp-1", "lamp-2")],
        )
    desk = Desk(database_url, territory_slug)
    messages = [message(desk, "new-1", n, b'"voltage":%d' % (230 + n)) for n in range(3)]
    messages += [message(desk, "new-2", 0, b'"voltage":229'), message(desk, "new-3", 0, b'"voltage":228,"oddity":1')]
    desk.work([desk.chunk(messages)])
    return desk


def message(desk: Desk, device: str, n: int, values: bytes) -> tuple[str, bytes]:
    return f"vigie/{desk.territory}/{device}/up", b'{"at":%d,"values":{%b}}' % (BEGIN_S + n, values)


def strangers(desk: Desk, key: str, **parameters: object) -> dict[str, dict[str, Any]]:
    return {item["external_id"]: item for item in list_all(desk, key, "/v1/devices/pending", **parameters)}


@pytest.fixture
def key(desk: Desk) -> str:
    return key_for(desk, desk.territory, "read", "write")


def test_a_stranger_shows_what_is_kept_and_the_latest_message_decoded(desk: Desk, key: str) -> None:
    found = strangers(desk, key)
    assert {name: (one["n_messages"], one["source"]) for name, one in found.items()} == {
        "new-1": (3, "own"),
        "new-2": (1, "own"),
        "new-3": (1, "own"),
    }
    (value,) = found["new-1"]["values"]
    assert (value["quantity_name_fr"], value["value"], value["unit"]) == ("Tension", 232.0, "V")
    assert found["new-1"]["first_heard_at"] < found["new-1"]["last_heard_at"]
    (refused,) = found["new-3"]["refused"]
    assert refused["quantity"] == "oddity"
    assert refused["sentence_fr"] != refused["sentence_en"]


def test_what_the_format_alone_cannot_read_is_shown_as_it_came(desk: Desk, key: str) -> None:
    """Bytes in no known format, and a message too long to be read for a list."""
    desk.change(
        "update rejections set format = 'newer_format', payload = '\\xff00' where device = 'new-1';"
        "update rejections set payload = convert_to(repeat('x', 70000), 'UTF8') where device = 'new-2'"
    )
    found = strangers(desk, key)
    assert (found["new-1"]["values"], found["new-1"]["payload_base64"]) == ([], "/wA=")
    assert (found["new-2"]["values"], found["new-2"]["n_bytes"]) == ([], 70_000)
    assert len(found["new-2"]["payload_base64"]) < 700


def test_pages_give_each_stranger_once(desk: Desk, key: str) -> None:
    assert [item["external_id"] for item in list_all(desk, key, "/v1/devices/pending", limit=1)] == [
        "new-1",
        "new-2",
        "new-3",
    ]


def test_several_are_accepted_at_once_and_replayed_together(desk: Desk, key: str) -> None:
    """Two of three, and one that is not there: two are taken, four messages stored, the third one's left."""
    found = strangers(desk, key)
    chosen = [found["new-1"]["device_id"], found["new-2"]["device_id"]]
    done = post(desk, key, "/v1/devices/accept", {"device_ids": [*chosen, 999_999]})
    assert (done.status_code, done.json()["device_ids"]) == (202, chosen)
    work(desk)
    (replay,) = [
        one for one in list_all(desk, key, "/v1/rejections/replays") if one["request_id"] in done.json()["request_ids"]
    ]
    assert [replay[name] for name in ("n_messages", "n_unchanged", "n_stored")] == [4, 1, 4]
    assert list(strangers(desk, key)) == ["new-3"]
    assert desk.fetch("select action, subject from audit_log order by audit_id limit 1") == [
        ("accept_devices", "2 devices")
    ]


def test_an_ignored_device_waits_no_more_stays_refused_and_can_still_be_accepted(desk: Desk, key: str) -> None:
    device_id = strangers(desk, key)["new-1"]["device_id"]
    assert post(desk, key, "/v1/devices/ignore", {"device_ids": [device_id]}).json() == {"device_ids": [device_id]}
    assert "new-1" not in strangers(desk, key)
    desk.work([desk.chunk([message(desk, "new-1", 7, b'"voltage":233')], 20)])
    assert strangers(desk, key, ignored="true")["new-1"]["n_messages"] == 4
    (cause,) = [one for one in list_all(desk, key, "/v1/rejections/causes") if one["reason"] == "unknown_device"]
    assert cause["n_devices"] == 2
    assert post(desk, key, f"/v1/devices/{device_id}/accept").status_code == 202
    work(desk)
    assert desk.fetch("select count(*) from measurements") == [(4,)]


@pytest.mark.parametrize("path", ["/v1/devices/accept", "/v1/devices/ignore"])
def test_neither_a_reading_key_nor_that_of_another_territory_changes_anything(desk: Desk, key: str, path: str) -> None:
    ids = [one["device_id"] for one in strangers(desk, key).values()]
    assert post(desk, key_for(desk, desk.territory, "read"), path, {"device_ids": ids}).status_code == 403
    assert post(desk, key_for(desk, "beside", "write"), path, {"device_ids": ids}).json()["device_ids"] == []
    assert strangers(desk, key_for(desk, "beside", "read")) == {}
    assert desk.fetch("select distinct state from devices") == [("pending",)]
    assert desk.fetch("select count(*) from audit_log") == [(0,)]


@pytest.mark.parametrize("body", [{}, {"device_ids": []}, {"device_ids": [0]}, {"device_ids": ["new-1"]}, [1]])
def test_ids_that_cannot_be_are_refused(desk: Desk, key: str, body: object) -> None:
    assert post(desk, key, "/v1/devices/accept", body).status_code == 422


def test_a_key_says_what_it_may_do(desk: Desk, key: str) -> None:
    assert get(desk, key, "/v1/key")["scopes"] == ["read", "write"]


def history(desk: Desk) -> list[tuple[object, ...]]:
    """What the view of assets says: asset and value of each measurement of the device, by time."""
    return desk.fetch(
        "select a.slug, m.value from measurements m join series_assets sa using (series_id)"
        " join assets a using (asset_id) where sa.period @> m.observed_at order by m.observed_at"
    )


def test_a_moved_device_leaves_its_history_with_the_asset_it_was_on(desk: Desk, key: str) -> None:
    """Placed, moved between its second and its third value: its series goes on, each asset has its own part."""
    device_id = strangers(desk, key)["new-1"]["device_id"]
    post(desk, key, f"/v1/devices/{device_id}/accept", {"asset": "lamp-1"})
    work(desk)
    assert history(desk) == [("lamp-1", 230.0), ("lamp-1", 231.0), ("lamp-1", 232.0)]
    moved = post(desk, key, f"/v1/devices/{device_id}/move", {"asset": "lamp-2", "at": "2026-05-28T20:26:42Z"})
    assert (moved.status_code, moved.json()["asset"]) == (200, "lamp-2")
    assert history(desk) == [("lamp-1", 230.0), ("lamp-1", 231.0), ("lamp-2", 232.0)]
    desk.work([desk.chunk([message(desk, "new-1", 60, b'"voltage":240')], 20)])
    assert history(desk)[-1] == ("lamp-2", 240.0)
    assert desk.fetch("select count(*) from series") == [(1,)]
    assert desk.fetch("select action from audit_log order by audit_id desc limit 1") == [("move_device",)]
    assert len(list_all(desk, key, "/v1/series", asset_id=asset_id(desk, "lamp-2"))) == 1
    assert list_all(desk, key, "/v1/series", asset_id=asset_id(desk, "lamp-1")) == []


def asset_id(desk: Desk, slug: str) -> object:
    return desk.fetch(f"select asset_id from assets where slug = '{slug}'")[0][0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"asset": "lamp-9"}, 404),
        ({"asset": "lamp-2", "at": "2026-05-01T00:00:00Z"}, 409),
        ({"asset": "lamp-2", "at": "2026-05-01T00:00:00"}, 422),
        ({}, 422),
    ],
)
def test_a_move_that_cannot_be_moves_nothing(desk: Desk, key: str, body: object, status: int) -> None:
    device_id = strangers(desk, key)["new-1"]["device_id"]
    post(desk, key, f"/v1/devices/{device_id}/accept", {"asset": "lamp-1"})
    post(desk, key, f"/v1/devices/{device_id}/move", {"asset": "lamp-2", "at": "2026-05-20T00:00:00Z"})
    before = desk.fetch("select asset_id, period from placements order by placement_id")
    assert post(desk, key, f"/v1/devices/{device_id}/move", body).status_code == status
    assert desk.fetch("select asset_id, period from placements order by placement_id") == before


def test_only_a_writing_key_of_the_territory_moves(desk: Desk, key: str) -> None:
    path = f"/v1/devices/{strangers(desk, key)['new-1']['device_id']}/move"
    assert post(desk, key_for(desk, desk.territory, "read"), path, {"asset": "lamp-1"}).status_code == 403
    assert post(desk, key_for(desk, "beside", "write"), path, {"asset": "lamp-1"}).status_code == 404
    assert desk.fetch("select count(*) from placements") == [(0,)]
