"""Files of Enedis, GRDF and Météo-France: small ones, written here in the layouts that they publish."""

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.backfill.layout import Wish, find_layout
from ingest.backfill.presets import find_preset
from ingest.backfill.presets.preset import Asked, Stamps
from ingest.backfill.reader import Reader, Reading
from ingest.errors import FileError

PARIS = ZoneInfo("Europe/Paris")
HEAD = (
    "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite"
    ";Pas en minutes\n30000000000001;{kind};01/09/2021;02/09/2021;Energie active;{way};Comptage Brut;{unit};\n"
)
Row = tuple[str, str, str, datetime, float]


def read(preset: str, path: Path, asked: Asked | None = None) -> tuple[list[Row], list[str]]:
    """Give device, channel, quantity, instant and value of all that is accepted, and the notes."""
    rows: list[Row] = []
    with find_preset(preset).open(path, asked or Asked(PARIS)) as table:
        reader = Reader(find_layout(table.names, Wish(constants={"territory": "t"})), Reading(time_zone="Europe/Paris"))
        for block in table.blocks:
            values = reader.read(block)
            assert not values.reasons.any(), values.refused
            for code, time_us, value in zip(values.codes, values.times_us, values.values, strict=True):
                key = values.keys[code]
                at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(time_us))
                rows.append((key.device, key.channel, key.quantity, at, float(value)))
        return rows, table.notes


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8-sig")
    return path


def curve(first: datetime, n_steps: int, *, way: str = "Consommation", unit: str = "W") -> str:
    """Write a load curve of half hours whose values count up."""
    head = HEAD.format(kind="Courbe de charge", way=way, unit=unit)
    times = [(first.astimezone(UTC) + timedelta(minutes=30 * n)).astimezone(PARIS) for n in range(n_steps)]
    return head + "\nHorodate;Valeur\n" + "".join(f"{at.isoformat()};{n}\n" for n, at in enumerate(times))


@pytest.mark.parametrize("minutes", [0, 30])
def test_load_curve_is_stored_at_the_beginning_of_its_steps_whichever_end_the_file_names(
    tmp_path: Path, minutes: int
) -> None:
    """A whole day that begins at midnight names beginnings, one that ends at midnight names ends."""
    midnight = datetime(2021, 9, 1, tzinfo=PARIS)
    rows, notes = read("enedis-load-curve", write(tmp_path / "a", curve(midnight + timedelta(minutes=minutes), 48)))
    assert rows[0] == ("30000000000001", "", "active_power", midnight.astimezone(UTC), 0.0)
    assert rows[-1][3:] == ((midnight + timedelta(hours=23.5)).astimezone(UTC), 47.0)
    assert ("the end of each step" if minutes else "the begin of each step") in notes[0]


def test_a_load_curve_that_does_not_show_which_end_it_names_must_be_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a", curve(datetime(2021, 9, 1, 9, 30, tzinfo=PARIS), 10))
    with pytest.raises(FileError, match="--stamps"):
        read("enedis-load-curve", path)
    begin, end = (read("enedis-load-curve", path, Asked(PARIS, stamps=each))[0] for each in (Stamps.BEGIN, Stamps.END))
    assert begin[0][3] - end[0][3] == timedelta(minutes=30)


def test_injection_has_a_channel_of_its_own_and_units_are_those_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a", curve(datetime(2021, 9, 1, tzinfo=PARIS), 48, way="Production", unit="kW"))
    rows, _ = read("enedis-load-curve", path)
    assert {row[1] for row in rows} == {"injection"}
    assert rows[3][4] == 3000.0


@pytest.mark.parametrize("day", ["2023-03-26", "2023-10-29"])
def test_civil_times_of_a_long_and_a_short_day_give_each_half_hour_once(tmp_path: Path, day: str) -> None:
    """The layout with one header has civil times without offsets; ends of steps, as meters up to 36 kVA have them."""
    head = (
        "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;"
        "Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire\n"
    )
    midnight = datetime.fromisoformat(day).replace(tzinfo=PARIS)
    n_steps = {"2023-03-26": 46, "2023-10-29": 50}[day]
    ends = [(midnight.astimezone(UTC) + timedelta(minutes=30 * (n + 1))).astimezone(PARIS) for n in range(n_steps)]
    lines = [
        f"30000000000001;{day} 00:00:00;{day} 00:00:00;PA;CONS;BRUT;W;{at:%Y-%m-%d %H:%M:%S};{n};B;PT30M;"
        f"{int(n == 7)};0\n"
        for n, at in enumerate(ends)
    ]
    rows, notes = read("enedis-load-curve", write(tmp_path / "a", head + "".join(lines)))
    expected = [midnight.astimezone(UTC) + timedelta(minutes=30 * n) for n in range(n_steps) if n != 7]
    assert [row[3] for row in rows] == expected
    assert "1 values left out that Enedis calls unlikely" in notes[0]


@pytest.mark.parametrize("is_bare", [False, True])
def test_an_answer_of_data_connect_is_a_load_curve(tmp_path: Path, is_bare: bool) -> None:
    midnight = datetime(2024, 1, 1, tzinfo=PARIS)
    points = [
        {
            "date": f"{midnight + timedelta(minutes=30 * (n + 1)):%Y-%m-%d %H:%M:%S}",
            "value": str(n),
            "interval_length": "PT30M",
        }
        for n in range(48)
    ]
    answer = {
        "usage_point_id": "30000000000001",
        "quality": "BRUT",
        "reading_type": {"measurement_kind": "power", "unit": "W", "aggregate": "average"},
        "interval_reading": points,
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(answer if is_bare else {"meter_reading": answer}), "utf-8")
    rows, _ = read("enedis-load-curve", path)
    assert [row[3:] for row in (rows[0], rows[-1])] == [
        (midnight.astimezone(UTC), 0.0),
        ((midnight + timedelta(hours=23.5)).astimezone(UTC), 47.0),
    ]
    answer["reading_type"] = {"measurement_kind": "energy", "unit": "Wh"}
    path.write_text(json.dumps(answer), "utf-8")
    with pytest.raises(FileError, match="load curve"):
        read("enedis-load-curve", path)


def test_daily_index_closes_its_day_and_other_sections_are_passed_over(tmp_path: Path) -> None:
    text = (
        HEAD.format(kind="Index", way="Consommation", unit="Wh").replace(";Pas en minutes", "")
        + "Horodate;Type de releve;EAS F1;EAS F2;EAS D1;EAS T\n"
        + "2021-09-01T00:00:00+02:00;Arrêté quotidien;1;2;3;15000000\n"
        + "2021-09-02T00:00:00+02:00;Arrêté quotidien;;;;15012500\n"
        + "2021-09-03T00:00:00+02:00;Arrêté quotidien;;;;\n"
        + "\nPeriode;Identifiant calendrier fournisseur\nDu 2021-09-01T00:00:00+02:00 au;FC01\n"
        + HEAD.format(kind="Puissance maximale quotidienne", way="Consommation", unit="W")
        + "Horodate;Valeur\n2021-09-01T15:17:24+02:00;3695\n"
    )
    rows, _ = read("enedis-daily", write(tmp_path / "a", text))
    assert rows == [
        ("30000000000001", "", "active_energy", datetime(2021, 8, 31, 21, 59, 59, tzinfo=UTC), 15000.0),
        ("30000000000001", "", "active_energy", datetime(2021, 9, 1, 21, 59, 59, tzinfo=UTC), 15012.5),
    ]
    with pytest.raises(FileError, match="no values"):
        read("enedis-load-curve", tmp_path / "a")


GRDF_ROWS = [
    ["", "Historique de consommation"],
    ["", "PCE : 21400000000001"],
    [],
    ["", "Date de relevé", "Index de début (m3)", "Index de fin (m3)", "Volume consommé (m3)",
     "Energie consommée (kWh)", "Coefficient de conversion", "Température locale (°C)"],
    ["", "13/10/2022", "15724", "15726", "2", "22", "11,2", "12"],
    ["", "14/10/2022", "15726", "15732", "6", "68", "11,4", ""],
    ["", "15/10/2022", "", "", "", "", "", ""],
]  # fmt: skip


def workbook(rows: list[list[str]]) -> bytes:
    """Write a workbook with shared, inline and plain cells."""
    shared = sorted({cell for row in rows for cell in row if cell and not cell.isdecimal()})
    cells = []
    for line, row in enumerate(rows, 1):
        text = "".join(
            f'<c r="{chr(65 + place)}{line}"' + (f"><v>{cell}</v></c>" if cell.isdecimal() else
                f' t="s"><v>{shared.index(cell)}</v></c>' if line % 2 else f' t="inlineStr"><is><t>{cell}</t></is></c>')
            for place, cell in enumerate(row) if cell
        )  # fmt: skip
        cells.append(f'<row r="{line}">{text}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as parts:
        parts.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{''.join(cells)}</sheetData></worksheet>"
        )
        parts.writestr("xl/sharedStrings.xml", f"<sst {space}>{''.join(f'<si><t>{s}</t></si>' for s in shared)}</sst>")
    return data.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_gas_index_stands_at_the_end_of_the_day_that_grdf_names(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(workbook(GRDF_ROWS) if kind == "xlsx" else "\n".join(map(";".join, GRDF_ROWS)).encode("cp1252"))
    rows, notes = read("grdf-daily", path)
    assert rows == [
        ("21400000000001", "", "gas_volume", datetime(2022, 10, 13, 21, 59, 59, tzinfo=UTC), 15726.0),
        ("21400000000001", "", "gas_volume", datetime(2022, 10, 14, 21, 59, 59, tzinfo=UTC), 15732.0),
    ]
    assert notes == ["2022-10: 11.350 kWh/m3 on average; the factor gas_heating_value takes it"]


def test_a_gas_export_without_index_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a", "PCE;Date de relevé;Energie consommée (kWh)\nGI153881;13/10/2022;22\n")
    with pytest.raises(FileError, match="index"):
        read("grdf-daily", path)


DAILY = (
    "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJ;RR;QRR;TN;QTN;TX;QTX;TM;QTM\n"
    " 21473001;DIJON-LONGVIC;47.267833;5.088333;219;20240110;0.0;1;-5.1;1;2.0;9;-1.7;0\n"
    " 21473001;DIJON-LONGVIC;47.267833;5.088333;219;20240111;;;-6.0;2;1.0;1;;\n"
    " 21154001;CHATILLON;47.85;4.58;262;20240110;;;-7.0;1;0.0;1;-3.0;1\n"
)


def test_daily_weather_gives_lowest_highest_and_mean_and_leaves_doubtful_values_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(DAILY.encode()))
    rows, notes = read("meteo-france-daily", path, Asked(PARIS, frozenset({"21473001"})))
    midnight = datetime(2024, 1, 9, 23, tzinfo=UTC)
    assert sorted(rows) == [
        ("21473001", "", "temperature_day_max", midnight, 2.0),
        ("21473001", "", "temperature_day_max", midnight + timedelta(days=1), 1.0),
        ("21473001", "", "temperature_day_mean", midnight, -1.7),
        ("21473001", "", "temperature_day_min", midnight, -5.1),
    ]
    assert notes == ["1 values of TN left out: their quality code is none of 0, 1, 9"]
    assert {row[0] for row in read("meteo-france-daily", path)[0]} == {"21473001", "21154001"}


def test_hourly_weather_is_in_universal_time(tmp_path: Path) -> None:
    text = "NUM_POSTE;AAAAMMJJHH;RR1;QRR1;FF;QFF;T;QT;U;QU\n21473001;2024071512;0.2;1;3.4;1;24.1;1;55;1\n"
    rows, _ = read("meteo-france-hourly", write(tmp_path / "a", text))
    noon = datetime(2024, 7, 15, 12, tzinfo=UTC)
    assert sorted(row[2:] for row in rows) == [
        ("relative_humidity", noon, 55.0),
        ("temperature", noon, 24.1),
        ("wind_speed", noon, 3.4),
    ]


@pytest.mark.parametrize("preset", ["enedis-load-curve", "enedis-daily", "grdf-daily", "meteo-france-daily"])
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, preset: str) -> None:
    for content in (b"a;b\n1;2\n", b"PK\x03\x04 no zip", b""):
        path = tmp_path / "a"
        path.write_bytes(content)
        with pytest.raises(FileError):
            read(preset, path)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(FileError, match="enedis-daily, enedis-load-curve, grdf-daily, meteo-france-daily"):
        find_preset("linky")


@pytest.mark.parametrize("time", ["", "0001-01-01T00:00:00", "9999-12-31T23:30:00"])
def test_a_line_without_a_time_that_can_be_is_refused_by_its_number(tmp_path: Path, time: str) -> None:
    path = tmp_path / "curve.csv"
    path.write_text(f"Identifiant PRM;Unite\n30000000000001;W\nHorodate;Valeur;Pas\n{time};12;PT30M\n")
    with pytest.raises(FileError, match="line 4"):
        read("enedis-load-curve", path)


def test_a_day_at_the_end_of_the_calendar_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gas.csv"
    path.write_text("PCE 12345678901234\nDate de relevé;Index fin (m3)\n31/12/9999;105\n")
    with pytest.raises(FileError, match="line 3"):
        read("grdf-daily", path)


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c t="s"><v>7</v></c></row>',  # a shared text that is not there
        '<row r="x"><c><v>7</v></c></row>',
        "<row",
    ],
)
def test_a_damaged_workbook_is_refused_in_a_sentence(tmp_path: Path, sheet: str) -> None:
    path = tmp_path / "gas.xlsx"
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/worksheets/sheet1.xml", f"{head}{sheet}</worksheet>")
    with pytest.raises(FileError, match="no workbook and no CSV"):
        read("grdf-daily", path)
