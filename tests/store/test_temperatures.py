"""Outdoor temperatures of days: as the territory's stations measure them, else as a weather service published them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.backfill.reader import Reading
from sensors.asset_entry import AssetEntry
from store import rollup
from store.baseline import DayTemperature, read_temperatures
from store.connect import connect
from store.inputs import Window
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.loaded import TOWN, load, write_csv

pytestmark = pytest.mark.services

MIDNIGHT = datetime(2025, 1, 9, 23, tzinfo=UTC)  # civil, in Paris


def test_days_are_known_by_the_own_station_first_and_else_by_what_was_published(
    database_url: str, tmp_path: Path
) -> None:
    hours = [f"{(MIDNIGHT + timedelta(hours=n)).isoformat()},{n}" for n in range(24)]
    own = write_csv(tmp_path / "own.csv", "time,temperature", *hours)
    published = write_csv(
        tmp_path / "published.csv",
        "NUM_POSTE;AAAAMMJJ;TN;QTN;TX;QTX;TM;QTM",
        "21473001;20250110;-1.0;1;9.0;1;4.0;1",
        "21473001;20250111;-2.0;1;8.0;1;3.5;1",
        "21473001;20250112;-3.0;2;7.0;1;2.5;1",
        "21473001;20250113;-4.0;1;6.0;1;;",
    )
    with connect(database_url, program="test", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry(TOWN, "Town")],
            [AssetEntry(TOWN, "station", "Station", "weather_station")],
            [DeviceEntry(TOWN, device, placements={"*": "station"}) for device in ("mast", "21473001")],
        )
        load(database_url, own, Reading(constants={"territory": TOWN, "device": "mast"}))
        report = load(database_url, published, Reading(constants={"territory": TOWN}, preset="meteo-france-daily"))
        assert report.notes == ["1 values of TN left out: their quality code is none of 0, 1, 9"]
        rollup.refresh(connection, MIDNIGHT + timedelta(days=6), grace_s=0, settle_s=0)
        row = connection.execute("select territory_id from territories").fetchone()
        assert row is not None
        window = Window(row[0], (), MIDNIGHT, MIDNIGHT + timedelta(days=5))
        found = read_temperatures(connection, window)
    assert found == [
        DayTemperature(date(2025, 1, 10), 0.0, 23.0, pytest.approx(11.5)),
        DayTemperature(date(2025, 1, 11), -2.0, 8.0, 3.5),
        DayTemperature(date(2025, 1, 13), -4.0, 6.0, None),
    ]
