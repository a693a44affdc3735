"""Any CSV: separators, commas, zones, steps, long and wide; what cannot be read costs itself only and is told."""

import gzip
from pathlib import Path

import pytest

from sensors.instant import instant_text
from simulators.csv_rows import FileError
from simulators.mapping import read_mapping
from simulators.replay import Tally, read_file
from simulators.replay_entries import entries
from simulators.row_reader import Part
from simulators.row_time import TimeError, read_unix

HEAD = """
title = "Rooms"
[territory]
slug = "dijon"
name = "Dijon"
time_zone = "Europe/Paris"
"""
ROOM = """
[[devices]]
id = "room"
asset = { type = "building_zone", name = "Room" }
[[values]]
column = "t"
quantity = "temperature"
"""
BY_TIME = '[time]\ncolumn = "time"\n'


def read(tmp_path: Path, mapping: str, text: str | bytes, name: str = "rooms.csv") -> tuple[list[Part], Tally]:
    """Read a small file with a small mapping."""
    path, mapping_path, tally = tmp_path / name, tmp_path / "rooms.toml", Tally()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    mapping_path.write_text(HEAD + mapping)
    found = list(read_file(path, read_mapping(str(mapping_path)), tally, None))
    return [part for one in found for part in one.parts], tally


def said(parts: list[Part]) -> list[tuple[str, str, dict[str, float | str]]]:
    """Write parts so that a person can compare them."""
    return [(part.device, instant_text(part.time_us), part.values) for part in parts]


def test_wide_file_with_offsets(tmp_path: Path) -> None:
    parts, tally = read(tmp_path, BY_TIME + ROOM, "time,t\n2024-01-01T01:00:00+01:00,20.5\n2024-01-01T00:01:00Z,\n")
    assert said(parts) == [("room", "2024-01-01T00:00:00Z", {"temperature": 20.5})]
    assert (tally.n_rows, tally.n_values, tally.n_missing) == (2, 1, 1)


def test_semicolons_decimal_commas_and_own_words_for_nothing(tmp_path: Path) -> None:
    dialect = '[file]\nseparator = ";"\ndecimal = ","\nencoding = "latin-1"\nmissing = ["", "k.A."]\n'
    text = "time;t;où\n01.02.2024 12:30;20,5;été\n01.02.2024 12:31; K.A. ;\n".encode("latin-1")
    parts, tally = read(tmp_path, dialect + BY_TIME + 'format = "%d.%m.%Y %H:%M"\n' + ROOM, text)
    assert said(parts) == [("room", "2024-02-01T11:30:00Z", {"temperature": 20.5})]
    assert (tally.n_missing, tally.n_bad_rows, tally.n_unreadable) == (1, 0, 0)


def test_long_file_with_a_quantity_column(tmp_path: Path) -> None:
    mapping = """
[time]
column = "at"
format = "unix_ms"
[[devices]]
id = "room-{value}"
column = "room"
asset = { type = "building_zone", name = "Room {value}" }
[[values]]
column = "value"
quantity = "temperature"
unit = "[degF]"
when = { column = "kind", equals = "temp" }
[[values]]
column = "value"
quantity = "presence"
codes = { "YES" = "present", "NO" = "absent" }
when = { column = "kind", equals = "people" }
"""
    rows = "at,room,kind,value\n1700000000250,a,temp,68\n1700000000250,b,people,YES\n1700000000250,b,noise,3\n"
    parts, tally = read(tmp_path, mapping, rows)
    assert said(parts) == [
        ("room-a", "2023-11-14T22:13:20.250000Z", {"temperature": 68.0}),
        ("room-b", "2023-11-14T22:13:20.250000Z", {"presence": "present"}),
    ]
    assert parts[0].units == {"temperature": "[degF]"}
    assert tally.n_values == 2


def test_values_without_a_time_count_steps_over_gaps(tmp_path: Path) -> None:
    mapping = '[file]\nheader = false\n[time]\nstart = "2024-01-01T00:00:00Z"\nstep_s = 0.5\n' + ROOM
    parts, tally = read(tmp_path, mapping.replace('"t"', '"1"'), "1\nnan\n\nx\n5\n")
    assert said(parts) == [
        ("room", "2024-01-01T00:00:00Z", {"temperature": 1.0}),
        ("room", "2024-01-01T00:00:02Z", {"temperature": 5.0}),
    ]
    assert (tally.n_rows, tally.n_missing, tally.n_unreadable) == (5, 2, 1)
    assert tally.problems == ["line 4: 1: 'x' is no number"]


def test_gzip_is_told_by_content_and_factor_applies(tmp_path: Path) -> None:
    text = gzip.compress(b"time,t\n2024-07-01 12:00,3\n")
    parts, _ = read(tmp_path, BY_TIME + ROOM + "factor = 2\nsummand = 0.5\n", text)
    assert said(parts) == [("room", "2024-07-01T10:00:00Z", {"temperature": 6.5})]


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("first", "2024-10-27T00:30:00Z", "2024-10-27T02:30:00Z"),
        ("second", "2024-10-27T01:30:00Z", "2024-10-27T02:30:00Z"),
    ],
)
def test_hour_that_comes_twice_is_read_as_the_mapping_says(tmp_path: Path, rule: str, first: str, second: str) -> None:
    mapping = BY_TIME + f'repeated_hour = "{rule}"\n' + ROOM
    parts, tally = read(tmp_path, mapping, "time,t\n2024-10-27 02:30,1\n2024-10-27 03:30,2\n")
    assert [time for _, time, _ in said(parts)] == [first, second]
    assert tally.n_bad_rows == 0


def test_bad_rows_are_told_with_their_line_and_cost_only_themselves(tmp_path: Path) -> None:
    text = (
        "time,t\n"
        "2024-10-27 02:30,1\n"  # the clocks show it twice
        "2024-03-31 02:30,2\n"  # they jump over it
        "yesterday,3\n"
        "2024-01-01 00:00,4,5\n"
        '"to\nday",6\n'
        "2024-01-01 00:01,1_0\n"
        "2024-01-01 00:02,inf\n"
        "2024-01-01 00:03,7\n"
    )
    parts, tally = read(tmp_path, BY_TIME + ROOM, text)
    assert said(parts) == [("room", "2023-12-31T23:03:00Z", {"temperature": 7.0})]
    assert (tally.n_rows, tally.n_bad_rows, tally.n_unreadable) == (8, 5, 2)
    assert tally.problems == [
        "line 2: 2024-10-27 02:30:00 exists twice in Europe/Paris: set time.repeated_hour to first or second",
        "line 3: 2024-03-31 02:30:00 does not exist in Europe/Paris: the clocks jump over it",
        "line 4: 'yesterday' is no time in the format iso",
        "line 5: 3 cells instead of 2",
        "line 7: 'to\\nday' is no time in the format iso",
        "line 8: t: '1_0' is no number",
        "line 9: t: 'inf' is no number",
    ]


def test_devices_that_cannot_be_named_are_bad_rows(tmp_path: Path) -> None:
    mapping = BY_TIME + ROOM.replace('id = "room"', 'id = "r-{value}"\ncolumn = "room"')
    text = "time,room,t\n2024-01-01,a b,1\n2024-01-01,,2\n2024-01-01,c,3\n2024-01-02,c,4\n"
    parts, tally = read(tmp_path, mapping, text)
    assert [part.device for part in parts] == ["r-c", "r-c"]
    assert tally.problems[0] == "line 2: 'r-a b' cannot be a device id (letters, digits, . _ : -)"
    assert tally.n_bad_rows == 2
    found = entries(read_mapping(str(tmp_path / "rooms.toml")), tmp_path / "rooms.csv")
    assert [(device.id, asset.slug, asset.name) for device, asset in found.pairs] == [("r-c", "r-c", "Room")]
    assert found.n_rows == 4


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "rooms.csv is empty"),
        (b"when,t\n", "there is no column 'time', which time.column of the mapping names; there are: when, t"),
        (b"time,u\n", r"there is no column 't', which values \(temperature\) of the mapping names; there are: time, u"),
        (b"time,t,t\n", "line 1: the header names t more than once"),
        (b"time,t\n2024-01-01,1\n2024-01-02,\xff\n", "rooms.csv, after line .: this is not utf-8-sig"),
        (gzip.compress(b"time,t\n" * 5000, mtime=0)[:-9], "rooms.csv, after line .*: Compressed file ended"),
    ],
)
def test_file_that_does_not_fit_is_told(tmp_path: Path, text: bytes, sentence: str) -> None:
    with pytest.raises(FileError, match=sentence):
        read(tmp_path, BY_TIME + ROOM, text)


def test_absent_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "rooms.toml").write_text(HEAD + BY_TIME + ROOM)
    with pytest.raises(FileError, match=r"nowhere\.csv cannot be read: No such file"):
        entries(read_mapping(str(tmp_path / "rooms.toml")), tmp_path / "nowhere.csv")


@pytest.mark.parametrize("written", ["9" * 400, "-" + "9" * 400, "nan", "1e300"])
def test_seconds_beyond_any_calendar_are_no_instant(written: str) -> None:
    with pytest.raises(TimeError, match="is no instant"):
        read_unix(written, 1000)


@pytest.mark.parametrize("encoding", ["no-such", "utf\\u0000-8", "base64", "idna"])
def test_an_encoding_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(FileError, match="encoding"):
        read(tmp_path, f'[file]\nencoding = "{encoding}"\n{BY_TIME}{ROOM}', b"time,t\n2026-01-01T00:00Z,\xe9..\xff\n")
