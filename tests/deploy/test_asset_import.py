"""`vigie asset import`: the account before and after, and what stands afterwards."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register

pytestmark = pytest.mark.services

TOWN = "dijon"
OPTIONS = ("--territory", TOWN, "--type", "waste_container", "--column", "slug=id_pav", "--moved-m", "10")


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["asset", "import", *words])


def assets(database_url: str) -> list[tuple[Any, ...]]:
    with connect(database_url, program="test") as connection:
        return connection.execute(
            "select a.slug, a.name, a.longitude, a.latitude, p.slug, a.attributes from assets a"
            " left join assets p on p.asset_id = a.parent_id order by a.slug"
        ).fetchall()


@pytest.fixture
def town_url(database_url: str) -> str:
    """A town with a container in a park, of which something is known already."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry(TOWN, "Dijon")],
            [
                AssetEntry(TOWN, "park", "Park", "building"),
                AssetEntry(TOWN, "pav-1", "Forges", "waste_container", 5.04, 47.32, "park", {"sector": "nord"}),
            ],
        )
    return database_url


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(["id_pav;nom;lon;lat;capacity_l", *lines]) + "\n", "utf-8")
    return str(path)


def test_preview_writes_nothing_and_the_import_writes_what_it_showed(town_url: str, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "pav-1;Forges;5,04;47,3205;3000", "pav-2;Wilson;5,05;47,31;")
    before = assets(town_url)
    preview = vigie(town_url, file, *OPTIONS, "--preview")
    assert assets(town_url) == before
    assert preview.stdout.splitlines()[-6:] == [
        "changed    pav-1: latitude: 47.32 -> 47.3205",
        "changed    pav-1: attributes.capacity_l: - -> 3000.0",
        "moved      pav-1: by 55.6 m",
        "new        pav-2: Wilson (waste_container), 5.050000, 47.310000",
        "1 new, 1 changed, 1 of them moved by 10 m or more, 0 unchanged, 0 refused",
        "nothing was written",
    ]
    said = vigie(town_url, file, *OPTIONS)
    assert (said.exit_code, said.stdout.splitlines()) == (0, preview.stdout.splitlines()[:-1])
    assert assets(town_url)[1:] == [
        ("pav-1", "Forges", 5.04, 47.3205, "park", {"sector": "nord", "capacity_l": 3000.0}),
        ("pav-2", "Wilson", 5.05, 47.31, None, {}),
    ]
    again = vigie(town_url, file, *OPTIONS)
    assert again.stdout.splitlines()[-1] == "0 new, 0 changed, 2 unchanged, 0 refused"


def test_a_refused_line_holds_all_back_unless_the_others_are_wanted(town_url: str, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "pav-2;Wilson;5,05;47,31;", "pav-3;Darcy;5,05;471;")
    held = vigie(town_url, file, *OPTIONS)
    assert isinstance(held.exception, SettingError)
    assert "line 3: '471'" in str(held.exception)
    assert len(assets(town_url)) == 2
    said = vigie(town_url, file, *OPTIONS, "--skip-refused")
    assert (said.exit_code, said.stdout.splitlines()[-1]) == (1, "1 new, 0 changed, 0 unchanged, 1 refused")
    assert [row[0] for row in assets(town_url)] == ["park", "pav-1", "pav-2"]


def test_plane_coordinates_and_parents_of_the_same_file(town_url: str, tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [853570.0, 6692180.0]},
            "properties": properties,
        }
        for properties in (
            {"slug": "lamp-1", "type": "street_light", "parent": "cabinet"},
            {"slug": "cabinet", "type": "light_cabinet"},
        )
    ]
    file = tmp_path / "a.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    unsaid = vigie(town_url, str(file), "--territory", TOWN)
    assert "no longitude and latitude" in str(unsaid.exception)
    assert vigie(town_url, str(file), "--territory", TOWN, "--crs", "EPSG:2154").exit_code == 0
    lamp = next(row for row in assets(town_url) if row[0] == "lamp-1")
    assert lamp[4] == "cabinet"
    assert (round(lamp[2], 2), round(lamp[3], 2)) == (5.03, 47.31)
