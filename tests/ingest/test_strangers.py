"""Devices that nobody registered: they wait with their messages, or a rule takes them at once."""

import json

import psycopg
import pytest

from ingest.replay import replay
from sensors.asset_entry import AssetEntry
from sensors.rejection import Reason
from store import admission
from store.admission import Acceptance, accept_device, add_rule, import_devices, list_pending, move_device, remove_rule
from store.connect import connect
from store.quarantine import Choice, Counts
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk
from tests.support.lorawan import EUI, a_chirpstack_event, chirpstack_topic

pytestmark = pytest.mark.services

STATES = "select external_id, state, accepted_by from devices order by external_id"


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            [TerritoryEntry("region", "Region", "region"), TerritoryEntry(territory_slug, "Test", parent="region")],
            [AssetEntry(territory_slug, f"lamp-{n}", f"Lamp {n}", "street_light") for n in (1, 2)],
        )
    return Desk(database_url, territory_slug)


def send(desk: Desk, device: str, *seconds: int) -> None:
    """Send one voltage for each of the seconds after a start."""
    topic = f"vigie/{desk.territory}/{device}/up"
    desk.work([desk.chunk([(topic, b'{"at":%d,"values":{"voltage":%d}}' % (1_780_000_000 + s, s)) for s in seconds])])


def test_a_stranger_waits_with_its_messages(desk: Desk) -> None:
    send(desk, "new", 1, 2)
    with connect(desk.database_url, program="test") as connection:
        (pending,) = list_pending(connection)
    assert pending[1:4] == (desk.territory, "new", None)
    assert pending[5:] == (2, 2)
    assert desk.fetch("select count(*) from measurements") == [(0,)]


def test_an_accepted_device_sends_at_once_and_its_past_is_replayed(desk: Desk) -> None:
    send(desk, "new", 1)
    with connect(desk.database_url, program="test") as connection:
        acceptance = Acceptance(name="Lamp at the school", asset="lamp-1")
        assert accept_device(connection, desk.territory, "new", acceptance, "anne")
        assert not accept_device(connection, desk.territory, "new", acceptance, "anne")
    send(desk, "new", 2)
    with connect(desk.database_url, program="test") as connection:
        assert replay(connection, Choice(device="new")) == Counts(1, 0, 1, 0, 0)
    assert desk.fetch(STATES) == [("new", "accepted", "anne")]
    assert desk.fetch("select name from devices") == [("Lamp at the school",)]
    of_lamp = (
        "select count(*) from measurements m join series_assets sa using (series_id) where m.observed_at <@ sa.period"
    )
    assert desk.fetch(of_lamp) == [(2,)]


def test_an_unknown_asset_accepts_nothing(desk: Desk) -> None:
    send(desk, "new", 1)
    with (
        connect(desk.database_url, program="test") as connection,
        pytest.raises(LookupError, match="no asset 'lamp"),
    ):
        accept_device(connection, desk.territory, "new", Acceptance(asset="lamp-9"), "anne")
    assert desk.fetch(STATES) == [("new", "pending", None)]


def test_a_rule_of_the_region_takes_devices_by_their_prefix(desk: Desk) -> None:
    send(desk, "lamp-old", 1)
    with connect(desk.database_url, program="test") as connection:
        number, n = add_rule(connection, "region", "lamp-", None, "anne")
        assert n == 1
        assert add_rule(connection, "region", "lamp-", None, "bob") == (number, 0)
    send(desk, "lamp-new", 1)
    send(desk, "bin-new", 1)
    rule = f"rule {number}"
    assert desk.fetch(STATES) == [
        ("bin-new", "pending", None),
        ("lamp-new", "accepted", rule),
        ("lamp-old", "accepted", rule),
    ]
    assert desk.fetch("select count(*) from measurements") == [(1,)]
    with connect(desk.database_url, program="test") as connection:
        assert remove_rule(connection, number)
        assert not remove_rule(connection, number)


def test_a_rule_takes_devices_by_their_profile(desk: Desk) -> None:
    """The device profile as ChirpStack names it."""
    with connect(desk.database_url, program="test") as connection:
        add_rule(connection, desk.territory, "", "anything", "anne")
    event = a_chirpstack_event(object={"temperature": 21.5})
    desk.work([desk.chunk([(chirpstack_topic(), json.dumps(event).encode())])])
    assert desk.fetch("select external_id, state, model from devices") == [(EUI, "accepted", "anything")]
    assert desk.fetch("select count(*) > 0 from measurements") == [(True,)]


def test_a_rule_that_would_take_everybody_is_refused(desk: Desk) -> None:
    with connect(desk.database_url, program="test") as connection, pytest.raises(ValueError, match="everybody"):
        add_rule(connection, desk.territory, "", None, "anne")


def test_strangers_cannot_fill_the_registry(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit their messages are refused and kept as ever, and a registered device is not disturbed."""
    monkeypatch.setattr(admission, "MAX_PENDING", 2)
    for number in range(4):
        send(desk, f"new-{number}", number)
    assert desk.fetch("select count(*) from devices where state = 'pending'") == [(2,)]
    assert desk.fetch("select reason, count(*) from rejections group by 1") == [(Reason.UNKNOWN_DEVICE.value, 4)]


def test_what_cannot_be_read_makes_no_device(desk: Desk) -> None:
    desk.work([desk.chunk([(f"vigie/{desk.territory}/new/up", b"{garbage")])])
    assert desk.fetch(STATES) == []


def test_an_import_accepts_those_that_wait(desk: Desk) -> None:
    send(desk, "new", 1)
    entries = [
        DeviceEntry(desk.territory, "new", name="Lamp", placements={"*": "lamp-1"}),
        DeviceEntry(desk.territory, "never-heard"),
    ]
    with connect(desk.database_url, program="test") as connection:
        assert import_devices(connection, entries, "import") == 1
        connection.commit()
        assert replay(connection, Choice()) == Counts(1, 0, 1, 0, 0)
    assert desk.fetch(STATES) == [("never-heard", "active", None), ("new", "accepted", "import")]


def test_a_moved_device_leaves_its_history_behind(desk: Desk) -> None:
    """Seconds 1 and 2 were measured on lamp 1, second 3 on lamp 2."""
    with connect(desk.database_url, program="test") as connection:
        entry = DeviceEntry(desk.territory, "d", placements={"*": "lamp-1"})
        register(connection, devices=[entry])
        moved_at = connection.execute("select to_timestamp(1780000003)").fetchone()
        assert moved_at is not None
        move_device(connection, desk.territory, "d", "lamp-2", at=moved_at[0])
        with pytest.raises(ValueError, match="already"):
            move_device(connection, desk.territory, "d", "lamp-1", at=moved_at[0])
    send(desk, "d", 1, 2, 3)
    by_lamp = """
        select a.slug, array_agg(m.value order by m.value) from measurements m
        join series_assets sa on sa.series_id = m.series_id and m.observed_at <@ sa.period
        join assets a using (asset_id) group by 1 order by 1
    """
    assert desk.fetch(by_lamp) == [("lamp-1", [1.0, 2.0]), ("lamp-2", [3.0])]
