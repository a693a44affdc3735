"""What hints about cabinets and calibration and rounds of batteries read: inventory, notices, placements."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sensors.asset_entry import AssetEntry
from store.batteries import read_battery_places
from store.cabinets import CabinetLamps, read_cabinet_hours, read_cabinet_lamps
from store.calibration import read_calibrated_series
from store.connect import connect
from store.inputs import Connection, Window
from store.reference import Notice, Reference, enter_reference
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services
START, DAY = datetime(2024, 1, 10, tzinfo=UTC), timedelta(days=1)
NOW = START + 40 * DAY
ASSETS = [
    AssetEntry("a", "told", "Told", "light_cabinet", attributes={"n_lamps": 30}),
    AssetEntry("a", "counted", "Counted", "light_cabinet"),
    AssetEntry("a", "bare", "Bare", "light_cabinet", attributes={"n_lamps": "many"}),
    AssetEntry("a", "lamp-1", "Lamp 1", "street_light", parent="counted", attributes={"nominal_power_w": 40}),
    AssetEntry("a", "lamp-2", "Lamp 2", "street_light", parent="counted", attributes={"nominal_power_w": 80}),
    AssetEntry("a", "basin", "Basin", "water_tank", 5.1, 47.3, attributes={"street": "Rue A"}),
    AssetEntry("b", "other", "Other", "water_tank"),
]
DEVICES = [
    DeviceEntry("a", "pilot", placements={"*": "lamp-1"}),
    DeviceEntry("a", "probe", placements={"*": "basin"}),
    DeviceEntry("b", "probe", placements={"*": "other"}),
]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Two territories; a lamp that measures its power, two probes of pH with batteries that spoke for forty days."""
    with connect(database_url, program="test", autocommit=True) as opened:
        register(opened, [TerritoryEntry("a", "A"), TerritoryEntry("b", "B")], ASSETS, DEVICES)
        opened.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d join quantities q"
            " on q.quantity = any (case d.external_id when 'pilot' then array['active_power']"
            " else array['ph', 'battery_level'] end)"
        )
        opened.execute(
            "insert into measurements_daily"
            " (series_id, bucket, n, sum, min, max, time_weighted_mean, covered_s, first, first_at, last, last_at)"
            " select series_id, at, 24, 168, 7, 7, 7, 86400, 7, at, 7, at"
            " from series, generate_series(%s::timestamptz, %s, interval '1 day') as at",
            (START, NOW),
        )
        yield opened


def a_window(connection: Connection, *types: str) -> Window:
    """All that is known of the first territory."""
    row = connection.execute("select territory_id from territories where slug = 'a'").fetchone()
    assert row is not None
    return Window(row[0], types, START, NOW)


def ids(connection: Connection) -> dict[str, int]:
    """Give assets by slug."""
    return dict(connection.execute("select slug, asset_id from assets").fetchall())


def test_lamps_behind_cabinets_are_entered_or_counted(connection: Connection) -> None:
    known = ids(connection)
    lamps = {one.asset_id: one for one in read_cabinet_lamps(connection, a_window(connection, "light_cabinet"))}
    assert lamps[known["told"]] == CabinetLamps(known["told"], 30.0, None, 0)
    assert lamps[known["counted"]] == CabinetLamps(known["counted"], 2.0, 60.0, 1)
    assert lamps[known["bare"]] == CabinetLamps(known["bare"], None, None, 0)
    assert len(lamps) == 3


def test_calibration_is_the_newest_notice_that_had_begun(connection: Connection) -> None:
    (before,) = read_calibrated_series(connection, a_window(connection), ["ph"])
    assert (before.name, before.first_at, before.last_at) == ("Basin", START, NOW - DAY)
    assert before.calibrated_at is None
    notices = (
        Notice("calibration", "basin", START + 2 * DAY, START + 3 * DAY),
        Notice("calibration", "basin", START + 9 * DAY, START + 99 * DAY),
        Notice("calibration", "basin", NOW + DAY, NOW + 2 * DAY),
        Notice("calibration", "told", START + 20 * DAY, START + 21 * DAY),
        Notice("roadworks", "basin", START + 30 * DAY, START + 31 * DAY),
    )
    enter_reference(connection, Reference("a", notices=notices))
    (after,) = read_calibrated_series(connection, a_window(connection), ["ph"])
    assert (after.calibrated_at, after.valid_to) == (START + 9 * DAY, START + 99 * DAY)


def test_batteries_are_where_their_devices_are(connection: Connection) -> None:
    window = a_window(connection)
    (place,) = read_battery_places(connection, window.territory_id, NOW, ["battery_level", "battery_voltage"])
    assert (place.device, place.asset, place.name, place.street) == ("probe", "basin", "Basin", "Rue A")
    assert (place.longitude, place.latitude) == (5.1, 47.3)
    connection.execute("update devices set state = 'retired'")
    assert read_battery_places(connection, window.territory_id, NOW, ["battery_level"]) == []


def test_cabinet_that_measures_voltage_alone_is_read(connection: Connection) -> None:
    register(connection, [], [], [DeviceEntry("a", "meter", placements={"*": "told"})])
    connection.execute(
        "insert into series (territory_id, device_id, quantity, unit)"
        " select territory_id, device_id, 'voltage', 'V' from devices where external_id = 'meter'"
    )
    connection.execute(
        "insert into measurements_hourly"
        " (series_id, bucket, n, sum, min, max, time_weighted_mean, covered_s, first, first_at, last, last_at)"
        " select series_id, at, 4, 920, 230, 230, 230, 3600, 230, at, 230, at"
        " from series, generate_series(%s::timestamptz, %s, interval '1 hour') as at where quantity = 'voltage'",
        (NOW - DAY, NOW),
    )
    (cabinet,) = read_cabinet_hours(connection, replace(a_window(connection, "light_cabinet"), begins_at=NOW - DAY))
    assert cabinet.name == "Told"
    assert np.isnan(cabinet.watts).all()
    assert (cabinet.volts[-20:] == 230).all()
