"""`vigie territory` and `vigie asset`: what must be there before a device can be accepted."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from store.connect import connect

pytestmark = pytest.mark.services


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, list(words))


def refused(database_url: str, *words: str) -> str:
    """Run a command that must be refused and give its sentence."""
    error = vigie(database_url, *words).exception
    assert isinstance(error, SettingError)
    return str(error)


def test_territories_and_their_assets_are_registered_and_described_anew(database_url: str, tmp_path: Path) -> None:
    """As a spreadsheet writes it: semicolons, decimal commas, a mark at the beginning."""
    for words in (
        ("region", "Region", "--kind", "region"),
        ("town", "Old name"),
        ("town", "Town", "--parent", "region"),
    ):
        assert vigie(database_url, "territory", "add", *words).exit_code == 0
    assert vigie(database_url, "territory", "list").stdout == "region\ntown\n"
    file = tmp_path / "assets.csv"
    head = "territory;slug;name;type;longitude;latitude\n"
    file.write_text(f"{head}town;lamp-1;Lampe 1;street_light;5,0415;47.3\ntown;bin-1;;waste_container;;\n", "utf-8-sig")
    said = vigie(database_url, "asset", "import", str(file)).stdout
    assert said.splitlines()[-1] == "2 new, 0 changed, 0 unchanged, 0 refused"
    with connect(database_url, program="test") as connection:
        rows = connection.execute("select slug, name, longitude, latitude from assets order by slug").fetchall()
        parents = connection.execute(
            "select t.name, p.slug from territories t join territories p on p.territory_id = t.parent_id"
        ).fetchall()
    assert rows == [("bin-1", "bin-1", None, None), ("lamp-1", "Lampe 1", 5.0415, 47.3)]
    assert parents == [("Town", "region")]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("Town", "Town"), "lower case"),
        (("town", "Town", "--parent", "nowhere"), "nowhere"),
        (("town", "Town", "--time-zone", "Europe/Nowhere"), "time zone"),
    ],
)
def test_a_territory_that_cannot_be_is_refused(database_url: str, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(database_url, "territory", "add", *words)
    assert vigie(database_url, "territory", "list").stdout == ""


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("nowhere,a,A,street_light,5,47", "no territory nowhere"),
        ("town,a,A,spaceship,5,47", "line 2: no asset type 'spaceship'"),
        ("town,a,A,street_light,5,91", "line 2: '91'"),
        ("town,a,A,street_light,east,47", "line 2: 'east'"),
        ("town,,A,street_light,5,47", "line 2: territory and slug"),
        ("town,a,A,street_light", "line 2: not as many fields"),
    ],
)
def test_a_line_that_cannot_be_used_registers_nothing(
    database_url: str, tmp_path: Path, line: str, sentence: str
) -> None:
    vigie(database_url, "territory", "add", "town", "Town")
    file = tmp_path / "assets.csv"
    file.write_text(f"territory,slug,name,type,longitude,latitude\n{line}\n", "utf-8")
    assert sentence in refused(database_url, "asset", "import", str(file))
    with connect(database_url, program="test") as connection:
        assert connection.execute("select count(*) from assets").fetchone() == (0,)


def test_a_territory_is_exported_and_imported(database_url: str, tmp_path: Path) -> None:
    assert vigie(database_url, "territory", "add", "town", "Town").exit_code == 0
    folder = tmp_path / "exports" / "town"
    exported = vigie(database_url, "territory", "export", "town", str(folder))
    assert (exported.exit_code, exported.stdout) == (0, f"1 rows of town in {folder}\n")
    with connect(database_url, program="test") as connection:
        connection.execute("update territories set slug = 'old-town'")
    imported = vigie(database_url, "territory", "import", str(folder), "--parent", "old-town")
    assert imported.exit_code == 0
    assert imported.stdout == "town imported; make keys, readers and passwords of sources anew\n"
    assert vigie(database_url, "territory", "list").stdout == "old-town\ntown\n"
