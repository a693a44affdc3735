"""`vigie load`: what a person is told."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from deploy.errors import SettingError
from ingest.errors import FileError
from tests.support.loaded import TOWN, ask, seed_town, write_csv

pytestmark = pytest.mark.services


def vigie(database_url: str, *words: str) -> Result:
    environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_MQTT_URL": "mqtt://127.0.0.1:1"}
    return CliRunner(env=environment).invoke(app, ["load", *words])


def test_load_ends_with_an_account_of_each_file_and_a_report_of_refused_lines(
    database_url: str, tmp_path: Path
) -> None:
    seed_town(database_url, "room-1")
    good = write_csv(tmp_path / "good.csv", "device,time,temperature [°C]", "room-1,2024-03-01T10:00:00Z,10")
    bad = write_csv(
        tmp_path / "bad.csv",
        "Salle;Quand;T",
        "room-1;01/03/2024 11:00;11,5",
        "room-1;01/03/2024 12:00;12,5",
        "room-1;hier;12,5",
        "room-2;01/03/2024 12:00;12,5",
    )
    report = tmp_path / "refused.csv"
    assert vigie(database_url, str(good), "--territory", TOWN).exit_code == 0
    said = vigie(
        database_url, str(bad), "--territory", TOWN, "--column", "device=Salle", "--column", "time=Quand",
        "--quantity", "T=temperature", "--time-format", "%d/%m/%Y %H:%M", "--decimal-comma", "--report", str(report),
    )  # fmt: skip
    assert said.exit_code == 1
    assert re.sub(r" +", " ", said.stdout).splitlines()[:5] == [
        "bad.csv: 5 lines, 4 values",
        " stored 1",
        " duplicate 0",
        " refused 3",
        " 1 x conflicting_value: Another value is already stored for the same instant: the first one stands.",
    ]
    assert report.read_text("utf-8").splitlines() == [
        "file,line,reason,detail",
        'bad.csv,2,conflicting_value,"town, room-1, 2024-03-01T10:00:00Z, temperature, 11.5 / 10"',
        'bad.csv,4,time_invalid,"town, room-1, hier, temperature, 12,5"',
        'bad.csv,5,unknown_device,"town, room-2, 2024-03-01T11:00:00Z, temperature, 12.5"',
    ]


def test_load_registers_devices_and_says_when_a_file_was_loaded(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url)
    file = write_csv(tmp_path / "a.csv", "device,time,temperature", "room-1,2024-03-01T10:00:00Z,20")
    words = (str(file), "--territory", TOWN, "--register")
    assert vigie(database_url, *words).exit_code == 0
    again = vigie(database_url, *words)
    assert again.exit_code == 0
    assert "was loaded already" in again.stdout
    assert ask(database_url, "select external_id, state from devices") == [("room-1", "active")]


@pytest.mark.parametrize(
    ("words", "kind", "sentence"),
    [
        (("--territory", "nowhere"), FileError, "no territory 'nowhere'"),
        (("--territory", TOWN, "--column", "device"), SettingError, "NAME=TEXT"),
        (("--territory", TOWN, "--quantity", "time=warmth"), FileError, "'warmth' names no quantity"),
    ],
)
def test_load_refuses_what_it_cannot_understand(
    database_url: str, tmp_path: Path, words: tuple[str, ...], kind: type[Exception], sentence: str
) -> None:
    seed_town(database_url)
    file = write_csv(tmp_path / "a.csv", "device,time,temperature", "room-1,2024-03-01T10:00:00Z,20")
    error = vigie(database_url, str(file), *words).exception
    assert isinstance(error, kind)
    assert sentence in str(error)


def test_load_reads_published_files_by_a_preset_and_says_what_it_saw(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url)
    file = write_csv(
        tmp_path / "Q_21.csv",
        "NUM_POSTE;NOM_USUEL;AAAAMMJJ;TN;QTN;TX;QTX",
        " 21473001;DIJON;20240110;-5.1;1;2.0;2",
        " 21154001;CHATILLON;20240110;-7.0;1;0.0;1",
    )
    words = (str(file), "--territory", TOWN, "--register", "--preset", "meteo-france-daily", "--only", "21473001")
    said = vigie(database_url, *words)
    assert said.exit_code == 0, said.output
    assert "1 values of TX left out" in said.stdout
    assert [row[0] for row in ask(database_url, "select external_id from devices")] == ["21473001"]
    assert "loaded already" in vigie(database_url, *words).stdout
    assert isinstance(vigie(database_url, str(file), "--only", "21473001").exception, SettingError)
    assert isinstance(vigie(database_url, *words, "--column", "time=AAAAMMJJ").exception, SettingError)
