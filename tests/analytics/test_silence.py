"""A device that is swapped out is expected to say nothing any more; the one in its place is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.hint import without_removed, write
from analytics.maintenance import Verdict
from analytics.maintenance.stuck_value import HINT as STUCK
from analytics.silence import watch_silence
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.inputs import Connection
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services
HOUR = timedelta(hours=1)
OPEN = (
    "select d.external_id, f.ended_at from findings f join devices d using (device_id) where f.kind = 'silent'"
    " order by f.finding_id"
)
END = (
    "update placements set period = tstzrange(lower(period), %s)"
    " where device_id = (select device_id from devices where external_id = 'old')"
)
PLACE = (
    "insert into placements (device_id, channel, asset_id, period) select device_id, '*', asset_id, tstzrange(%s, null)"
    " from devices, assets where devices.external_id = %s and assets.slug = %s"
)


@pytest.fixture
def now(database_url: str) -> datetime:
    """Two lamps, of which one has a device that speaks every ten minutes and has said nothing for an hour; one of no
    asset is as quiet."""
    at = datetime.now(UTC)
    with connect(database_url, program="test", autocommit=True) as connection:
        lamps = [AssetEntry("town", f"lamp-{n}", f"Lamp {n}", "street_light") for n in (1, 2)]
        devices = [
            DeviceEntry("town", "old", "Old", interval_s=600, placements={"*": "lamp-1"}),
            DeviceEntry("town", "new", "New", interval_s=600),
        ]
        register(connection, [TerritoryEntry("town", "Town")], lamps, devices)
        for external_id in ("old", "new"):
            hear(connection, external_id, at - HOUR)
    return at


def hear(connection: Connection, external_id: str, at: datetime) -> None:
    """Have a device's last value be of an instant."""
    connection.execute(
        "insert into series (territory_id, device_id, quantity, unit) select territory_id, device_id, 'active_power',"
        " 'W' from devices where external_id = %s on conflict do nothing",
        (external_id,),
    )
    connection.execute(
        "insert into last_values (series_id, observed_at, value, batch_id) select series_id, %s, 5, 1 from series"
        " join devices using (device_id) where external_id = %s"
        " on conflict (series_id) do update set observed_at = excluded.observed_at",
        (at, external_id),
    )


def silent(connection: Connection) -> list[tuple[str, bool]]:
    """Give the silences told, by device, and whether each goes on."""
    return [(row[0], row[1] is None) for row in connection.execute(OPEN)]


def test_a_device_that_was_swapped_out_is_not_silent(database_url: str, now: datetime) -> None:
    """Its successor is, as is one that has never been placed."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(END, (now - HOUR / 2,))
        connection.execute(PLACE, (now - HOUR / 2, "new", "lamp-1"))
        watch_silence(connection, now)
        assert silent(connection) == [("new", True)]


def test_a_device_that_is_placed_elsewhere_is_still_expected(database_url: str, now: datetime) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(END, (now - HOUR / 2,))
        connection.execute(PLACE, (now - HOUR / 2, "old", "lamp-2"))
        watch_silence(connection, now)
        assert ("old", True) in silent(connection)


def test_a_silence_that_was_told_ends_with_the_swap(database_url: str, now: datetime) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        watch_silence(connection, now)
        assert ("old", True) in silent(connection)
        connection.execute(END, (now,))
        report = watch_silence(connection, now + HOUR / 60)
        assert report.n_closed == 1
        assert dict(silent(connection)) == {"old": False, "new": True}
        watch_silence(connection, now + 5 * HOUR)
        assert dict(silent(connection)) == {"old": False, "new": True}


def test_whatever_was_told_of_a_device_that_was_taken_away_ends_and_is_not_told_anew(
    database_url: str, now: datetime
) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        told = Verdict(1, now - HOUR, True, now - HOUR, 1.0, sentence_en="Stuck.", sentence_fr="Figé.", device_id=1)
        write(connection, STUCK, 1, without_removed(connection, [told]))
        connection.execute(END, (now - HOUR / 2,))
        assert watch_silence(connection, now).n_closed == 1
        write(connection, STUCK, 1, without_removed(connection, [replace(told, at=now)]))
        rows = connection.execute("select started_at, ended_at from findings where kind = 'stuck_value'").fetchall()
        assert rows == [(now - HOUR, now - HOUR / 2)]


def test_what_was_told_of_an_asset_ends_when_it_is_retired(database_url: str, now: datetime) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        for asset_id in (1, 2):
            told = Verdict(asset_id, now - HOUR, True, now - HOUR, 1.0, sentence_en="Due.", sentence_fr="Usé.")
            write(connection, STUCK, 1, [told])
        connection.execute("update assets set retired_at = %s where asset_id = 1", (now - HOUR / 2,))
        watch_silence(connection, now)
        rows = connection.execute("select asset_id, ended_at from findings where kind = 'stuck_value' order by 1")
        assert rows.fetchall() == [(1, now - HOUR / 2), (2, None)]
