"""`vigie codec`: what a person sees when trying, adding and listing a codec."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from deploy.cli import app
from deploy.errors import SettingError
from store.connect import connect
from store.errors import ReferenceDataError
from store.registry import DeviceEntry, TerritoryEntry, register

CODEC = """function decodeUplink(input) {
  if (input.fPort !== 3) return { errors: ["port " + input.fPort] };
  return { data: { t: (input.bytes[0] << 8 | input.bytes[1]) / 10, nr: 7, state: "offen" } };
}"""
MAPPING = {
    "fields": {
        "t": {"quantity": "temperature", "unit": "Cel", "channel": "inside"},
        "state": {"quantity": "door", "codes": {"offen": "open"}},
        "nr": None,
    }
}


@pytest.fixture
def codec(tmp_path: Path) -> str:
    path = tmp_path / "codec.js"
    path.write_text(CODEC)
    return str(path)


@pytest.fixture
def mapping(tmp_path: Path) -> str:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING))
    return str(path)


def vigie(*arguments: str) -> Result:
    """Run the command; an error that a person meets is raised as it is."""
    result = CliRunner().invoke(app, ["codec", *arguments])
    if isinstance(result.exception, SettingError | ReferenceDataError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_trial_says_what_would_be_stored(codec: str, mapping: str) -> None:
    result = vigie("test", codec, "--payload", "00 e1", "--port", "3", "--mapping", mapping)
    assert result.exit_code == 0
    assert result.output.splitlines()[1:] == [
        "stored       door = 1 1",
        "stored       inside/temperature = 22.5 Cel",
    ]
    assert '"state":"offen"' in result.output.splitlines()[0]


def test_trial_without_mapping_shows_the_fields_that_nobody_names(codec: str) -> None:
    result = vigie("test", codec, "--payload", "00e1", "--port", "3")
    assert result.exit_code == 1
    assert "rejected     t: unknown_quantity (t)" in result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--payload", "00e1", "--port", "9"], "codec_failed: port 9"),
        (["--payload", "0xzz", "--port", "3"], "must be hexadecimal"),
        (["--payload", "00", "--mapping", "absent.json"], "absent.json"),
    ],
)
def test_trial_that_fails_is_one_sentence(codec: str, arguments: list[str], expected: str) -> None:
    with pytest.raises(SettingError, match=expected):
        vigie("test", codec, *arguments)


def test_trial_of_a_codec_that_never_ends_ends(tmp_path: Path) -> None:
    (tmp_path / "loop.js").write_text("function decodeUplink() { for (;;); }")
    with pytest.raises(SettingError, match="time limit"):
        vigie("test", str(tmp_path / "loop.js"), "--payload", "00")


@pytest.mark.services
def test_versions_are_counted_and_bindings_are_kept(
    codec: str, mapping: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("dijon", "Dijon")], devices=[DeviceEntry("dijon", "a84041")])
    bound = ["--profile", "Maison T-1", "--device", "A84041", "--territory", "dijon"]
    assert "maison version 1 added, 2 bindings" in vigie("add", "maison", codec, "--mapping", mapping, *bound).output
    assert "version 1 stands already, 2" in vigie("add", "maison", codec, "--mapping", mapping).output
    assert "version 2 added, 2" in vigie("add", "maison", codec).output
    listed = vigie("list").output
    assert [line.split()[:2] for line in listed.splitlines()[:2]] == [["maison", "2"], ["maison", "1"]]
    assert "maison reads profile maisont1 of dijon" in listed
    assert "maison reads device a84041 of dijon" in listed
    assert "other version 1 added, 0 bindings" in vigie("add", "other", codec).output


@pytest.mark.services
def test_what_cannot_be_added_changes_nothing(
    codec: str, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    (tmp_path / "none.js").write_text("function other() {}")
    (tmp_path / "cut.js").write_text("function decodeUplink(input) {")
    for name in ("none.js", "cut.js"):
        with pytest.raises(SettingError, match="no codec"):
            vigie("add", "x", str(tmp_path / name))
    with pytest.raises(ReferenceDataError, match="no territory nowhere"):
        vigie("add", "x", codec, "--profile", "a", "--territory", "nowhere")
    with pytest.raises(SettingError, match="--device needs --territory"):
        vigie("add", "x", codec, "--device", "a")
    with pytest.raises(ReferenceDataError, match="cannot name a codec"):
        vigie("add", "Ünamed", codec)
    assert "there are no codecs" in vigie("list").output


@pytest.mark.services
def test_variables_are_set_listed_and_taken_away(
    database_url: str, monkeypatch: pytest.MonkeyPatch, codec: str
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("dijon", "Dijon")], devices=[DeviceEntry("dijon", "a84041")])
    vigie("add", "maison", codec)
    whose = ["--profile", "Maison T-1", "--device", "A84041", "--territory", "dijon"]
    assert "4 variables set" in vigie("set", "depth_cm=180", "text=a=b", *whose).output
    listed = vigie("list").output.splitlines()
    assert "device a84041 of dijon: depth_cm=180" in listed
    assert "profile maisont1 of dijon: text=a=b" in listed
    vigie("set", "depth_cm=", *whose)
    assert not any("depth_cm" in line for line in vigie("list").output.splitlines())
    for arguments, sentence in (
        (["depth_cm", *whose], "NAME=TEXT"),
        (["a=1"], "--profile or --device"),
        (["a=1", "--device", "x"], "--device needs --territory"),
    ):
        with pytest.raises(SettingError, match=sentence):
            vigie("set", *arguments)
    with pytest.raises(ReferenceDataError, match="no device stranger"):
        vigie("set", "a=1", "--device", "stranger", "--territory", "dijon")
    with pytest.raises(ReferenceDataError, match="at most 1000"):
        vigie("set", "a=" + 1001 * "x", *whose)
