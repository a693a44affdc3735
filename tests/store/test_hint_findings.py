"""Findings of hints are known by what they are about: a series, else a device, else an asset."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.hints import Gone, close_hint_findings
from store.registry import DeviceEntry, TerritoryEntry, register
from store.results import Finding, open_finding

pytestmark = pytest.mark.services
DAY = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("about", "closed"),
    [
        (Gone(1, None, None), {"asset"}),
        (Gone(None, 1, None), {"device"}),
        (Gone(2, 1, None), {"device"}),  # moved since
        (Gone(2, 2, 1), {"series"}),
        (Gone(2, None, None), set()),
        (Gone(1, 2, None), set()),
    ],
)
def test_finding_is_closed_by_what_it_is_about_wherever_that_is_placed(
    database_url: str, about: Gone, closed: set[str]
) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        assets = [AssetEntry("a", slug, slug, "building_zone") for slug in ("one", "two")]
        devices = [DeviceEntry("a", name, placements={"*": slug}) for name, slug in (("d1", "one"), ("d2", "two"))]
        register(connection, [TerritoryEntry("a", "A")], assets, devices)
        connection.execute(
            "insert into series (territory_id, device_id, channel, quantity, unit)"
            " values (1, 1, '', 'temperature', 'Cel')"
        )
        told = Finding(1, "battery_low", "battery_low", "1", DAY, 1.0, "info", "Low.", "Bas.", {}, asset_id=1)
        for finding in (told, replace(told, device_id=1), replace(told, device_id=1, series_id=1)):
            assert open_finding(connection, finding)
        ended_at = DAY + timedelta(days=1)
        assert close_hint_findings(connection, 1, "another_kind", [about], ended_at) == 0
        assert close_hint_findings(connection, 1, "battery_low", [about], ended_at) == len(closed)
        rows = connection.execute("select device_id, series_id from findings where ended_at = %s", (ended_at,))
        names = {"series" if series else "device" if device else "asset" for device, series in rows}
        assert names == closed


@pytest.mark.parametrize(
    ("level", "is_closed"), [(20.0, True), (22.0, True), (24.0, False), (30.0, False), (None, True)]
)
def test_finding_ends_only_when_its_level_has_come_half_way_back(
    database_url: str, level: float | None, is_closed: bool
) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        register(connection, [TerritoryEntry("a", "A")], [AssetEntry("a", "one", "One", "pump")], [])
        evidence = {"level": {"now": 26.0, "usual": 20.0}}
        told = Finding(1, "pump_wear", "pump_wear", "1", DAY, 1.0, "info", "Worn.", "Usé.", evidence, asset_id=1)
        assert open_finding(connection, told)
        assert close_hint_findings(connection, 1, "pump_wear", [Gone(1, level=level)], DAY) == is_closed
