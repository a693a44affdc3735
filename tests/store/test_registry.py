"""Registering twice changes nothing, and children find their parents."""

import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services

TERRITORIES = [TerritoryEntry("region", "Region", "region"), TerritoryEntry("town", "Town", parent="region")]
ASSETS = [AssetEntry("town", "lamp-1", "Lamp 1", "street_light", 5.1, 47.5)]
DEVICES = [DeviceEntry("town", "d1", placements={"*": "lamp-1"})]


def test_register_twice_leaves_one_of_each(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        for _ in range(2):
            register(connection, TERRITORIES, ASSETS, DEVICES)
        counts = connection.execute(
            "select (select count(*) from territories), (select count(*) from assets),"
            " (select count(*) from devices), (select count(*) from placements)"
        ).fetchone()
    assert counts == (2, 1, 1, 1)


def test_a_region_holds_its_communes(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        register(connection, TERRITORIES)
        pairs = connection.execute(
            "select a.slug, t.slug from territory_subtrees s join territories a on a.territory_id = s.ancestor_id"
            " join territories t on t.territory_id = s.territory_id order by 1, 2"
        ).fetchall()
    assert pairs == [("region", "region"), ("region", "town"), ("town", "town")]
