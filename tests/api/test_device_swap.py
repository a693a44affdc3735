"""A device takes the place of another: what the old one told stays, what the new one tells begins now."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sensors.asset_entry import AssetEntry
from store.asset_courses import read_runs
from store.connect import connect
from store.models import read_asset_lives
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk
from tests.support.technician import ask, key_for

pytestmark = pytest.mark.services
EUI = "70b3d57ed0012345"
CODE = "LW:D0:70B3D57ED0000001:70B3D57ED0012345:AABB1122:SX12"
PLACES = """
select d.external_id, p.channel, a.slug, lower_inf(p.period), upper_inf(p.period)
from placements p join devices d using (device_id) join assets a using (asset_id)
order by d.external_id, p.channel, p.placement_id
"""
STATES = "select external_id, state from devices order by 1"


@pytest.fixture
def desk(database_url: str) -> Desk:
    """Two lamps, each with a device, and a new device that waits."""
    with connect(database_url, program="test", autocommit=True) as connection:
        territories = [TerritoryEntry("town", "Town"), TerritoryEntry("beside", "Beside")]
        assets = [AssetEntry("town", f"lamp-{n}", f"Lamp {n}", "street_light") for n in (1, 2)]
        devices = [DeviceEntry("town", f"old-{n}", f"Old {n}", placements={"*": f"lamp-{n}"}) for n in (1, 2)]
        register(connection, territories, assets, devices)
        connection.execute(
            "insert into devices (territory_id, external_id, name, state)"
            " select territory_id, external_id, external_id, state from territories,"
            " (values ('70b3d57ed0012345', 'pending'), ('worn', 'retired')) v (external_id, state) where slug = 'town'"
        )
    return Desk(database_url, "town")


@pytest.fixture
def key(desk: Desk) -> str:
    return key_for(desk, "town", "read", "write")


def place_also(desk: Desk, external_id: str) -> None:
    """Have a channel of a device tell about the first lamp."""
    desk.change(
        "insert into placements (device_id, channel, asset_id)"
        f" select device_id, 'l2', 1 from devices where external_id = '{external_id}'"
    )


def swap(desk: Desk, key: str, label: str, asset_id: int = 1, **more: Any) -> httpx.Response:
    async def story(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"/v1/assets/{asset_id}/device", json={"label": label, **more})

    answer: httpx.Response = ask(desk, key, story)
    return answer


@pytest.mark.parametrize("label", [CODE, "70B3-D57E-D001-2345".replace("-", " "), "vigie:town/70b3d57ed0012345"])
def test_the_old_placement_ends_now_and_the_new_one_begins(desk: Desk, key: str, label: str) -> None:
    answer = swap(desk, key, label, who="Léa")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["external_id"], told["replaced_external_id"], told["was_waiting"]) == (EUI, "old-1", True)
    assert desk.fetch(PLACES) == [
        (EUI, "*", "lamp-1", False, True),
        ("old-1", "*", "lamp-1", True, False),
        ("old-2", "*", "lamp-2", True, True),
    ]
    met = "select o.external_id, upper(p.period) = (select max(lower(period)) from placements)"
    met += " from placements p join devices o using (device_id) where o.external_id = 'old-1'"
    assert desk.fetch(met) == [("old-1", True)]
    assert (EUI, "accepted") in desk.fetch(STATES)
    assert desk.fetch("select count(*) from replay_requests") == [(2,)]
    noted = desk.fetch("select detail ->> 'who', detail ->> 'asset' from audit_log where action = 'swap_device'")
    assert noted == [("Léa", "lamp-1")]
    assert desk.fetch("select attributes ? 'installed_on' from assets where asset_id = 1") == [(False,)]


def test_every_channel_of_the_old_one_goes_to_the_new_one(desk: Desk, key: str) -> None:
    place_also(desk, "old-1")
    assert swap(desk, key, CODE).json()["channels"] == ["*", "l2"]
    standing = [row[:3] for row in desk.fetch(PLACES) if row[4]]
    assert standing == [(EUI, "*", "lamp-1"), (EUI, "l2", "lamp-1"), ("old-2", "*", "lamp-2")]


def test_where_several_tell_about_it_the_one_that_goes_is_named(desk: Desk, key: str) -> None:
    place_also(desk, "old-2")
    unsaid = swap(desk, key, CODE)
    assert unsaid.status_code == 409
    second = next(one["device_id"] for one in unsaid.json()["devices"] if one["external_id"] == "old-2")
    assert swap(desk, key, CODE, replaces=second + 1000).status_code == 404
    assert swap(desk, key, CODE, replaces=second).json()["channels"] == ["l2"]
    standing = [row[:3] for row in desk.fetch(PLACES) if row[4]]
    assert standing == [(EUI, "l2", "lamp-1"), ("old-1", "*", "lamp-1"), ("old-2", "*", "lamp-2")]


def test_a_new_asset_begins_its_remaining_life_today(desk: Desk, key: str) -> None:
    assert swap(desk, key, CODE, is_asset_new=True).status_code == 200
    today = (
        "select attributes ->> 'installed_on' = (now() at time zone 'Europe/Paris')::date::text from assets order by 1"
    )
    assert desk.fetch(today) == [(True,), (None,)]


def test_the_life_of_the_thing_that_was_replaced_has_ended(desk: Desk, key: str) -> None:
    """It teaches how long its like last, and that of the new one goes on; asked as of before, it still went on."""
    at = datetime.now(UTC) + timedelta(days=3)
    with connect(desk.database_url, program="test", autocommit=True) as connection:
        connection.execute("update assets set created_at = now() - interval '400 days'")
    assert swap(desk, key, CODE, is_asset_new=True).status_code == 200
    with connect(desk.database_url, program="test", autocommit=True) as connection:
        lives = read_asset_lives(connection, None, at)
        runs = read_runs(connection, None, at)
        before = read_asset_lives(connection, None, at - timedelta(days=30))
    told = [(one.slug, round(one.age_d), one.is_ended) for one in lives]
    assert told == [("lamp-1", 400, True), ("lamp-1", 3, False), ("lamp-2", 403, False)]
    assert [(run.slug, round((run.ends_at - run.begins_at) / timedelta(days=1)), run.is_ended) for run in runs] == told
    assert [(one.slug, round(one.age_d), one.is_ended) for one in before] == [
        ("lamp-1", 373, False),
        ("lamp-2", 373, False),
    ]


@pytest.mark.parametrize(
    ("label", "status"),
    [("old-2", 409), ("old-1", 409), ("worn", 409), ("nobody", 404), ("vigie:beside/x", 404), ("a\x00", 422)],
)
def test_a_device_that_cannot_come_changes_nothing(desk: Desk, key: str, label: str, status: int) -> None:
    before = desk.fetch(PLACES), desk.fetch(STATES)
    answer = swap(desk, key, label)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["faults"][0]["sentence_fr"]
    assert (desk.fetch(PLACES), desk.fetch(STATES)) == before


def test_only_writers_of_the_territory_swap(desk: Desk, key: str) -> None:
    before = desk.fetch(PLACES)
    assert swap(desk, key_for(desk, "town", "read"), CODE).status_code == 403
    assert swap(desk, key_for(desk, "beside", "read", "write"), CODE).status_code == 404
    assert swap(desk, key, CODE, asset_id=999_999).status_code == 404
    assert desk.fetch(PLACES) == before


def test_a_swap_sent_twice_is_done_once(desk: Desk, key: str) -> None:
    """The answer that was lost comes again; the same key for another device is refused, and changes nothing."""
    sent = {"Idempotency-Key": "swap-1"}

    async def story(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [
            await client.post("/v1/assets/1/device", json={"label": label}, headers=sent)
            for label in (CODE, CODE, "old-2")
        ]

    first, again, other = ask(desk, key, story)
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert again.json() == first.json()
    assert other.json()["faults"][0]["sentence_fr"]
    assert desk.fetch("select count(*) from audit_log where action = 'swap_device'") == [(1,)]
    without = swap(desk, key, CODE)
    assert without.status_code == 409


def test_a_refused_swap_does_not_use_its_key_up(desk: Desk, key: str) -> None:
    sent = {"Idempotency-Key": "swap-2"}

    async def story(client: httpx.AsyncClient) -> list[int]:
        answers = [
            await client.post("/v1/assets/1/device", json={"label": label}, headers=sent) for label in ("nobody", CODE)
        ]
        return [answer.status_code for answer in answers]

    assert ask(desk, key, story) == [404, 200]
