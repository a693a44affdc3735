"""Simulated values are stored and can be read, but tell of no asset, so no KPI counts them."""

import psycopg
import pytest

from sensors.asset_entry import AssetEntry
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk

pytestmark = pytest.mark.services


def test_simulated_value_stands_apart_from_the_real_one_and_from_the_asset(
    database_url: str, territory_slug: str
) -> None:
    desk = Desk(database_url, territory_slug)
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            [TerritoryEntry(territory_slug, "Test")],
            [AssetEntry(territory_slug, "lamp", "Lamp", "street_light")],
            [DeviceEntry(territory_slug, "plain", placements={"*": "lamp"})],
        )
    topic = f"vigie/{territory_slug}/plain/up"
    real = topic, b'{"at":1780000000,"values":{"voltage":230.5}}'
    simulated = topic, b'{"at":1780000000,"values":{"voltage":1.5},"simulated":true}'
    desk.work([desk.chunk([simulated, real, simulated])])
    found = desk.fetch("select s.is_simulated, m.value from measurements m join series s using (series_id) order by 2")
    assert found == [(True, 1.5), (False, 230.5)]
    of_assets = desk.fetch("select s.is_simulated from series_assets join series s using (series_id)")
    assert of_assets == [(False,)]
    assert desk.fetch("select sum(n_received), sum(n_stored), sum(n_duplicate) from delivery_ledger") == [(3, 2, 1)]
