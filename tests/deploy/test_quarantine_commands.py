"""`vigie device` and `vigie rejections`: from a stranger's refused messages to stored ones, by command."""

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.devices import read_devices
from deploy.errors import SettingError
from sensors.asset_entry import AssetEntry
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            [TerritoryEntry(territory_slug, "Test")],
            [AssetEntry(territory_slug, f"lamp-{n}", f"Lamp {n}", "street_light") for n in (1, 2)],
        )
    return Desk(database_url, territory_slug)


def vigie(desk: Desk, *words: str) -> Result:
    """Run a command on the test's database."""
    environment = {"VIGIE_DATABASE_URL": desk.database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, list(words))


def said(desk: Desk, *words: str) -> str:
    """Run a command that must succeed and give what it says."""
    done = vigie(desk, *words)
    assert done.exit_code == 0, done.exception
    return done.stdout


def send(desk: Desk, device: str, n: int = 1) -> None:
    topic = f"vigie/{desk.territory}/{device}/up"
    desk.work([desk.chunk([(topic, b'{"at":%d,"values":{"voltage":230}}' % (1_780_000_000 + i)) for i in range(n)])])


@pytest.mark.services
def test_a_device_is_listed_accepted_and_its_messages_replayed(desk: Desk) -> None:
    send(desk, "new", 5)
    listed = said(desk, "device", "list", "--pending")
    assert listed.startswith(f"pending\t{desk.territory}\tnew\t")
    assert "5 messages kept" in listed
    assert "5 messages replayed: 5 values stored" in said(
        desk, "device", "accept", desk.territory, "new", "--asset", "lamp-1"
    )
    assert said(desk, "device", "list") == f"accepted\t{desk.territory}\tnew\t-\tnew\n"
    again = vigie(desk, "device", "accept", desk.territory, "new")
    assert isinstance(again.exception, SettingError)


@pytest.mark.services
def test_a_device_is_moved(desk: Desk) -> None:
    with psycopg.connect(desk.database_url) as connection:
        register(connection, devices=[DeviceEntry(desk.territory, "d", placements={"*": "lamp-1"})])
    said(desk, "device", "move", desk.territory, "d", "lamp-2", "--at", "2026-03-01T08:00:00+01:00")
    periods = desk.fetch("select lower(period), upper(period) from placements order by lower(period) nulls first")
    assert periods[0][1] == periods[1][0]
    without_offset = vigie(desk, "device", "move", desk.territory, "d", "lamp-1", "--at", "2026-04-01T08:00:00")
    assert "offset" in str(without_offset.exception)


@pytest.mark.services
def test_rejections_are_listed_by_cause_and_replayed(desk: Desk) -> None:
    send(desk, "new", 2)
    (cause,) = [json.loads(line) for line in said(desk, "rejections", "list", "--json").splitlines()]
    assert (cause["reason"], cause["n_messages"], cause["format"]) == ("unknown_device", 2, "native")
    assert bytes.fromhex(cause["sample_payload"]).startswith(b'{"at"')
    assert cause["decoder_version"]
    assert "2 x unknown_device by native" in said(desk, "rejections", "list", "--territory", desk.territory)
    assert "2 left as they were" in said(desk, "rejections", "replay")
    assert "rule 1: 1 waiting devices accepted\n2 messages replayed" in said(
        desk, "device", "rule", "add", desk.territory, "--prefix", "ne"
    )
    assert said(desk, "device", "rule", "list") == f"1\t{desk.territory}\tne\t-\n"
    said(desk, "device", "rule", "remove", "1")
    assert said(desk, "rejections", "list") == ""
    assert isinstance(vigie(desk, "rejections", "list", "--territory", "nowhere").exception, SettingError)


@pytest.mark.services
def test_a_list_is_imported_whole_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    send(desk, "new", 3)
    path = tmp_path / "devices.csv"
    head = "territory;external_id;name;asset;channel"
    path.write_text(f"{head}\n{desk.territory};new;L'école;lamp-1;\n{desk.territory};other;;lamp-9;\n", "utf-8-sig")
    refused = vigie(desk, "device", "import", str(path))
    assert "nothing was changed" in str(refused.exception)
    assert desk.fetch("select external_id, state from devices") == [("new", "pending")]
    path.write_text(f"{head}\n{desk.territory};new;L'école;lamp-1;\n{desk.territory};new;;lamp-2;l2\n", "utf-8-sig")
    done = said(desk, "device", "import", str(path))
    assert "1 devices registered, 1 of them had been waiting" in done
    assert "3 messages replayed: 3 values stored" in done
    assert desk.fetch("select name, state from devices") == [("L'école", "accepted")]
    assert desk.fetch("select channel from placements order by 1") == [("*",), ("l2",)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("external_id\nx\n", "missing column territory"),
        ("territory,external_id,colour\na,b,c\n", "unknown column colour"),
        ("territory,external_id\na\n", "line 2: not as many fields"),
        ("territory,external_id\na,b,c\n", "line 2: not as many fields"),
        ("territory,external_id\na,\n", "line 2: territory and external_id"),
        ("territory,external_id,interval_s\na,b,0\n", "line 2: interval_s"),
        ("territory,external_id,revisable\na,b,perhaps\n", "line 2: revisable"),
        ("territory,external_id\na,b\na,b\n", "line 3: b stands twice"),
        ("", "missing column"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "devices.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match=sentence):
        read_devices(path)


def test_columns_in_any_order_and_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    path.write_text("Revisable,External_id,territory,interval_s\noui,d-1,north,900\n,,,\n", encoding="utf-8")
    assert read_devices(path) == [DeviceEntry("north", "d-1", interval_s=900, is_revisable=True)]


@pytest.mark.services
def test_an_ignored_device_is_listed_apart_and_not_among_the_causes(desk: Desk) -> None:
    send(desk, "new", 2)
    said(desk, "device", "ignore", desk.territory, "new")
    assert said(desk, "device", "list", "--pending") == ""
    assert said(desk, "device", "list") == f"ignored\t{desk.territory}\tnew\t-\tnew\n"
    assert "unknown_device" not in said(desk, "rejections", "list")
    assert isinstance(vigie(desk, "device", "ignore", desk.territory, "new").exception, SettingError)
    assert "2 values stored" in said(desk, "device", "accept", desk.territory, "new")
