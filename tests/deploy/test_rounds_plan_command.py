"""`vigie rounds plan`: from a territory and a file of vehicles to what a crew takes along."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from analytics.rounds.distances import NoDistancesError
from analytics.rounds.fleet import FleetError
from analytics.rounds.job import NothingToPlanError
from deploy.cli import app
from deploy.errors import SettingError, sentence_of
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.reference import CollectionPlan, Reference, enter_reference
from store.registry import TerritoryEntry, register

pytestmark = pytest.mark.services

FLEET = {
    "depots": [{"name": "Dépôt", "longitude": 5.0, "latitude": 47.3}],
    "vehicles": [{"name": "Benne", "depot": "Dépôt", "capacity_l": 9000, "from_hour": "06:00", "to_hour": "13:00"}],
}


def plan(database_url: str, fleet: Path, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    command = ["rounds", "plan", "--territory", "town", "--fleet", str(fleet), *words]
    return CliRunner(env=environment).invoke(app, command)


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps(FLEET))
    return path


@pytest.fixture
def town(database_url: str) -> str:
    """A town whose glass is collected every day, with one container of which no level is known."""
    attributes = {"sector": "nord", "waste_stream": "verre/glass", "capacity_l": 3000}
    container = AssetEntry("town", "bin-1", "Bac 1", "waste_container", 5.01, 47.3, attributes=attributes)
    every_day = CollectionPlan("nord", "verre/glass", tuple(range(7)), 1, datetime.now(UTC).date(), "05:00")
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("town", "Town")], [container])
        enter_reference(connection, Reference("town", collection_plans=(every_day,)))
    return database_url


def test_tomorrow_is_planned_kept_and_written(town: str, fleet: Path, tmp_path: Path) -> None:
    said = plan(town, fleet, "--out", str(tmp_path / "out"))
    assert said.exit_code == 0, said.exception
    tomorrow = datetime.now(ZoneInfo("Europe/Paris")).date() + timedelta(days=1)
    assert f"{tomorrow} verre/glass: 1 rounds, 1 containers, 2.1 km" in said.stdout
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {f"{tomorrow}-verre-glass.{end}" for end in ("geojson", "gpx", "fr.html", "en.html")}
    sheet = (tmp_path / "out" / f"{tomorrow}-verre-glass.fr.html").read_text(encoding="utf-8")
    assert "niveau inconnu, passage prévu au plan de collecte" in sheet
    with connect(town, program="test") as connection:
        (row,) = connection.execute("select day, waste_stream, sheet_fr from planned_rounds").fetchall()
    assert row == (tomorrow, "verre/glass", sheet)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("--territory", "nowhere"), NothingToPlanError),
        (("--date", "2020-01-01"), SettingError),
        (("--distances", "ways.txt"), NoDistancesError),
        (("--fleet", "nothing.json"), FleetError),
    ],
)
def test_what_cannot_be_planned_is_said_in_a_sentence(
    town: str, fleet: Path, words: tuple[str, ...], kind: type[Exception]
) -> None:
    error = plan(town, fleet, *words).exception
    assert isinstance(error, kind)
    sentence = sentence_of(error)
    assert sentence is not None
    assert sentence[1] == 11
