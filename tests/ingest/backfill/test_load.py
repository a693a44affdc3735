"""Files loaded into a real store: what becomes of each value, whatever the file holds, once and again."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.backfill.civil import RepeatedHour
from ingest.backfill.reader import Reading
from ingest.errors import FileError
from store.connect import connect
from store.loads import read_lines
from tests.support.loaded import IN_TOWN, TOWN, ask, counts, load, seed_town, stored, write_csv

pytestmark = pytest.mark.services

HEAD = "device,quantity,unit,time,value"
POWER = (
    "lamp-1,active_power,W,2024-03-01T10:00:00Z,40",
    "lamp-1,active_power,kW,2024-03-01T11:10:00+01:00,0.041",
    "lamp-2,active_power,,2024-03-01 11:20,42.5",
)
LEDGER = (
    "select source, sum(n_messages), sum(n_received), sum(n_stored), sum(n_duplicate), sum(n_rejected), sum(n_revised)"
    " from source_deliveries group by source"
)


def at(*parts: int) -> datetime:
    return datetime(2024, *parts, tzinfo=UTC)


def test_a_long_file_is_stored_in_canonical_units_and_utc(database_url: str, tmp_path: Path) -> None:
    """Mixed zones in one file: an offset says itself, what has none is civil time of the territory."""
    seed_town(database_url, "lamp-1", "lamp-2")
    report = load(database_url, write_csv(tmp_path / "a.csv", HEAD, *POWER))
    assert counts(report) == {"stored": 3}
    assert stored(database_url) == [
        ("lamp-1", "", "active_power", at(3, 1, 10), 40.0),
        ("lamp-1", "", "active_power", at(3, 1, 10, 10), 41.0),
        ("lamp-2", "", "active_power", at(3, 1, 10, 20), 42.5),
    ]
    assert ask(database_url, "select source, n_messages, n_measurements from batches") == [("load", 0, 3)]
    assert ask(database_url, LEDGER) == [("load", 0, 3, 3, 0, 0, 0)]
    assert ask(database_url, "select value from last_values order by 1") == [(41.0,), (42.5,)]


def test_a_file_loaded_twice_changes_nothing(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url, "lamp-1", "lamp-2")
    path = write_csv(tmp_path / "a.csv", HEAD, *POWER)
    load(database_url, path)
    before = stored(database_url), ask(database_url, LEDGER), ask(database_url, "select * from loads")
    report = load(database_url, path)
    assert report.was_finished
    assert counts(report) == {"stored": 3}
    assert (stored(database_url), ask(database_url, LEDGER), ask(database_url, "select * from loads")) == before


@pytest.mark.parametrize("is_other_file", [False, True])
def test_the_same_values_again_are_duplicates(database_url: str, tmp_path: Path, is_other_file: bool) -> None:
    seed_town(database_url, "lamp-1", "lamp-2")
    path = write_csv(tmp_path / "a.csv", HEAD, *POWER)
    load(database_url, path)
    before = stored(database_url)
    report = (
        load(database_url, write_csv(tmp_path / "b.csv", HEAD, *reversed(POWER)))
        if is_other_file
        else load(database_url, path, again=True)
    )
    assert counts(report) == {"duplicate": 3}
    assert stored(database_url) == before
    assert ask(database_url, LEDGER) == [("load", 0, 6, 3, 3, 0, 0)]


def test_contradictions_within_a_file_and_with_the_store_are_refused_with_their_lines(
    database_url: str, tmp_path: Path
) -> None:
    seed_town(database_url, "lamp-1", "lamp-2")
    load(database_url, write_csv(tmp_path / "a.csv", HEAD, *POWER))
    more = (
        "lamp-1,active_power,W,2024-03-01T10:00:00Z,39",  # against the store
        "lamp-1,active_power,W,2024-03-02T10:00:00Z,1",
        "lamp-1,active_power,W,2024-03-02T10:00:00Z,2",  # against the line before
        "lamp-1,active_power,W,2024-03-02T10:00:00Z,1",
    )
    report = load(database_url, write_csv(tmp_path / "b.csv", HEAD, *more))
    assert counts(report) == {"stored": 1, "duplicate": 1, "conflicting_value": 2}
    with connect(database_url, program="test") as connection:
        lines = read_lines(connection, report.load.load_id)
    assert [(line.line, line.detail) for line in lines] == [
        (2, "town, lamp-1, 2024-03-01T10:00:00Z, active_power, 39 / 40"),
        (4, "town, lamp-1, 2024-03-02T10:00:00Z, active_power, 2 / 1"),
    ]
    assert ("lamp-1", "", "active_power", at(3, 1, 10), 40.0) in stored(database_url)


def test_a_revisable_device_takes_the_later_value(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url, "lamp-1", revisable=["lamp-1"])
    load(database_url, write_csv(tmp_path / "a.csv", HEAD, POWER[0]))
    report = load(database_url, write_csv(tmp_path / "b.csv", HEAD, POWER[0].replace("40", "38")))
    assert counts(report) == {"stored": 1, "revised": 1}
    assert [row[4] for row in stored(database_url)] == [38.0]
    assert ask(database_url, "select old_value, new_value from revisions") == [(40.0, 38.0)]


BAD = {
    "lamp-1,active_power,Cel,2024-03-01T10:00:00Z,40": "wrong_unit",
    "lamp-1,activ_power,W,2024-03-01T10:00:00Z,40": "unknown_quantity",
    "lamp-1,active_power,W,yesterday,40": "time_invalid",
    "lamp-1,active_power,W,2024-02-30T10:00:00Z,40": "time_invalid",
    "lamp-1,active_power,W,2024-03-31 02:30,40": "time_invalid",  # the clocks jump over it
    "lamp-1,active_power,W,1970-01-01T00:00:00Z,40": "time_too_old",
    "lamp-1,active_power,W,2100-01-01T00:00:00Z,40": "time_in_future",
    "lamp-1,active_power,W,2024-03-01T10:00:00Z,forty": "not_a_number",
    "lamp-1,active_power,W,2024-03-01T10:00:00Z,NaN": "not_finite",
    "lamp-1,active_power,W,2024-03-01T10:00:00Z,1e300": "out_of_range",
    "lamp-1,lamp_on,,2024-03-01T10:00:00Z,0.5": "out_of_range",
    "nobody,active_power,W,2024-03-01T10:00:00Z,40": "unknown_device",
    "lamp-1,active_power,W,2024-03-01T10:00:00Z": "wrong_shape",
    "lamp-1,active_power,W,2024-03-01T10:00:00Z,40,50": "wrong_shape",
}


@pytest.mark.parametrize(("line", "reason"), BAD.items())
def test_a_bad_line_costs_itself_only(database_url: str, tmp_path: Path, line: str, reason: str) -> None:
    seed_town(database_url, "lamp-1", "lamp-2")
    report = load(database_url, write_csv(tmp_path / "a.csv", HEAD, POWER[0], line, "", *POWER[1:]))
    assert counts(report) == {"stored": 3, reason: 1}
    with connect(database_url, program="test") as connection:
        assert [(found.reason, found.line) for found in read_lines(connection, report.load.load_id)] == [(reason, 3)]
    assert ask(database_url, LEDGER) == [("load", 0, 4, 3, 0, 1, 0)]


def test_unknown_devices_are_registered_when_told(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url, "lamp-1")
    path = write_csv(tmp_path / "a.csv", HEAD, *POWER)
    assert counts(load(database_url, path)) == {"stored": 2, "unknown_device": 1}
    assert counts(load(database_url, path, again=True, register_as="test")) == {"stored": 1, "duplicate": 2}
    assert ask(database_url, "select external_id, state from devices order by 1") == [
        ("lamp-1", "active"),
        ("lamp-2", "active"),
    ]


def test_what_a_retired_device_measured_is_loaded(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url, "lamp-1")
    with connect(database_url, program="test") as connection:
        connection.execute("update devices set state = 'retired'")
    assert counts(load(database_url, write_csv(tmp_path / "a.csv", HEAD, POWER[0]))) == {"stored": 1}


def test_a_wide_file_is_known_by_its_header(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url, "room-1")
    path = write_csv(
        tmp_path / "wide.csv",
        "device;time;temperature;north/temperature [°F];note;lamp_on",
        "room-1;2024-03-01 11:00;20.5;50;hello;on",
        "room-1;2024-03-01 12:00;;;;off",
    )
    assert counts(load(database_url, path)) == {"stored": 4}
    assert [(row[1], row[2], row[4]) for row in stored(database_url)] == [
        ("", "lamp_on", 1.0),
        ("", "lamp_on", 0.0),
        ("", "temperature", 20.5),
        ("north", "temperature", pytest.approx(10.0)),
    ]


def test_columns_are_mapped_as_said(database_url: str, tmp_path: Path) -> None:
    """A French export: own names, own pattern of time, decimal commas, Latin-1, gzipped."""
    seed_town(database_url, "salle-1")
    path = tmp_path / "export.csv.gz"
    text = "Salle;Horodatage;Température;Énergie\nsalle-1;01/03/2024 11:00;20,5;1,25\n"
    path.write_bytes(gzip.compress(text.encode("latin-1")))
    reading = Reading(
        columns={"device": "Salle", "time": "Horodatage"},
        constants={"territory": TOWN},
        quantities={"Température": "temperature [°C]", "Énergie": "heat/active_energy [kWh]"},
        time_format="%d/%m/%Y %H:%M",
        encoding="latin-1",
        decimal_comma=True,
    )
    assert counts(load(database_url, path, reading)) == {"stored": 2}
    assert sorted((row[1], row[3], row[4]) for row in stored(database_url)) == [
        ("", at(3, 1, 10), 20.5),
        ("heat", at(3, 1, 10), 1.25),
    ]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%d/%m/%Y %H:%M", "1/3/2024 11:00"),
        ("%d/%m/%Y %H:%M %z", "01/03/2024 12:00 +0200"),
        ("%Y%m%d %H%M%S.%f", "20240301 110000.0"),
        ("unix", "1709287200"),
        ("unix_ms", "1709287200000.0"),
        ("iso", " 2024-03-01 10:00:00.000000000Z"),
        ("iso", "2024-03-01T11"),
    ],
)
def test_times_are_read_by_their_pattern(database_url: str, tmp_path: Path, pattern: str, text: str) -> None:
    """A day that the calendar does not have is refused, not moved into the next month."""
    seed_town(database_url, "lamp-1")
    lines = [f"lamp-1,active_power,W,{time},1" for time in (text, "31/02/2024 11:00")]
    reading = Reading(constants={"territory": TOWN}, time_format=pattern)
    report = load(database_url, write_csv(tmp_path / "a.csv", HEAD, *lines), reading)
    assert counts(report) == {"stored": 1, "time_invalid": 1}
    assert [row[3] for row in stored(database_url)] == [at(3, 1, 10)]


def test_a_wide_file_is_settled_in_small_blocks(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.backfill.load.BLOCK_VALUES", 4)
    seed_town(database_url, "room-1")
    rows = (f"room-1,2024-03-01 {hour:02}:00,{hour},{-hour}" for hour in range(7))
    path = write_csv(tmp_path / "a.csv", "device,time,a/temperature,b/temperature", *rows, "room-1")
    report = load(database_url, path)
    assert counts(report) == {"stored": 14, "wrong_shape": 1}
    assert report.load.n_lines == 9
    assert ask(database_url, "select n_measurements from batches order by 1") == [(0,), (2,), (4,), (4,), (4,)]


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream"])
def test_parquet_and_arrow_are_read_by_their_types(database_url: str, tmp_path: Path, kind: str) -> None:
    seed_town(database_url, "7")
    table = pa.table(
        {
            "device": pa.array([7, 7, 7]),
            "time": pa.array([at(3, 1, 10), at(3, 1, 11), at(3, 1, 12)], pa.timestamp("ns", tz="UTC")),
            "active_power": pa.array([1, None, 3], pa.float32()),
            "lamp_on": pa.array(["on", "off", None]).dictionary_encode(),
        }
    )
    path = tmp_path / "file"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        make = pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream
        with make(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=1)
    assert counts(load(database_url, path)) == {"stored": 4}
    assert [(row[2], row[3].hour, row[4]) for row in stored(database_url)] == [
        ("active_power", 10, 1.0),
        ("active_power", 12, 3.0),
        ("lamp_on", 10, 1.0),
        ("lamp_on", 11, 0.0),
    ]


class CutError(Exception):
    """Stands for whatever ends a program in the middle."""


REPEATED = tuple(f"lamp-1,active_power,W,2024-10-27 0{hour}:{minute},{value}" for hour, minute, value in (
    (1, 30, 1), (2, "00", 2), (2, 30, 3), (2, "00", 4), (2, 30, 5), (3, "00", 6)
))  # fmt: skip


def test_the_hour_that_clocks_show_twice_is_told_apart_by_its_order(database_url: str, tmp_path: Path) -> None:
    seed_town(database_url, "lamp-1")
    report = load(database_url, write_csv(tmp_path / "a.csv", HEAD, *REPEATED))
    assert counts(report) == {"stored": 6}
    assert report.load.n_repeated == 4
    assert [(row[3].hour, row[3].minute, row[4]) for row in stored(database_url)] == [
        (23, 30, 1.0), (0, 0, 2.0), (0, 30, 3.0), (1, 0, 4.0), (1, 30, 5.0), (2, 0, 6.0),
    ]  # fmt: skip


def test_the_repeated_hour_is_told_apart_across_a_cut(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first half of the hour is stored before the cut, the second by the run that goes on."""

    def cut(share: float) -> None:
        raise CutError

    monkeypatch.setattr("ingest.backfill.load.BLOCK_VALUES", 3)
    seed_town(database_url, "lamp-1")
    path = write_csv(tmp_path / "a.csv", HEAD, *REPEATED)
    with pytest.raises(CutError):
        load(database_url, path, on_progress=cut)
    assert len(stored(database_url)) == 3
    assert counts(load(database_url, path)) == {"stored": 6}
    assert [row[4] for row in stored(database_url)] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("repeated_hour", "found"),
    [
        (RepeatedHour.FIRST, {"stored": 4, "conflicting_value": 2}),
        (RepeatedHour.SECOND, {"stored": 4, "conflicting_value": 2}),
        (RepeatedHour.REFUSE, {"stored": 2, "time_invalid": 4}),
    ],
)
def test_the_hour_that_clocks_show_twice_is_taken_as_said(
    database_url: str, tmp_path: Path, repeated_hour: RepeatedHour, found: dict[str, int]
) -> None:
    seed_town(database_url, "lamp-1")
    reading = Reading(constants={"territory": TOWN}, repeated_hour=repeated_hour)
    assert counts(load(database_url, write_csv(tmp_path / "a.csv", HEAD, *REPEATED), reading)) == found
    hours = {row[3].hour for row in stored(database_url)}
    assert (0 in hours, 1 in hours) == (repeated_hour == "first", repeated_hour == "second")


@pytest.mark.parametrize(
    ("lines", "reading", "sentence"),
    [
        ((), IN_TOWN, "no header"),
        (("a,a", "1,2"), IN_TOWN, "'a' twice"),
        (("device,time,x", "a,b,c"), IN_TOWN, "no column holds values"),
        (("device,quantity,value", "a,b,c"), IN_TOWN, "nothing says the time"),
        ((HEAD, *POWER), Reading(), "nothing says the territory"),
        ((HEAD, *POWER), Reading(constants={"territory": "nowhere"}), "no territory 'nowhere'"),
        ((HEAD, *POWER), Reading({"device": "Salle"}, {"territory": TOWN}), "no column 'Salle'"),
        ((HEAD, *POWER), Reading(constants={"territory": TOWN}, time_zone="Nowhere"), "no time zone"),
        ((HEAD, *POWER), Reading(constants={"territory": TOWN}, encoding="martian"), "no encoding"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_whole(
    database_url: str, tmp_path: Path, lines: tuple[str, ...], reading: Reading, sentence: str
) -> None:
    seed_town(database_url, "lamp-1", "lamp-2")
    with pytest.raises(FileError, match=sentence):
        load(database_url, write_csv(tmp_path / "a.csv", *lines), reading)
    assert stored(database_url) == []
