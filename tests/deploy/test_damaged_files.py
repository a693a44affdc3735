"""Files in JSON that people give or keep: damaged, they are refused in a sentence by each reader's own error."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

import pytest

from analytics.report.errors import UnreadableReportError
from analytics.report.manifest import read_manifest as read_report
from analytics.report.manifest import read_signature
from analytics.rounds.distances import NoDistancesError
from analytics.rounds.distances import read_file as read_distances
from analytics.rounds.fleet import FleetError, read_fleet
from deploy.backup import manifest as backup
from deploy.backup.errors import BackupError
from deploy.commands.context import read_context
from deploy.commands.source import read_rules
from deploy.devices import read_devices
from deploy.errors import SettingError
from deploy.moving import manifest as moving
from deploy.moving.manifest import UnreadableExportError
from deploy.reference import read_reference
from ingest.backfill.presets.enedis_section import read_answer
from ingest.backfill.table import open_table
from ingest.errors import FileError
from sensors.telematics.declared import read_declared
from sensors.telematics.track import UnreadableTrackError, read_tracks
from store.errors import ReferenceDataError

# How each is read, how it is refused, and a member that it looks into.
READERS: dict[str, tuple[Callable[[Path], object], type[Exception], bytes]] = {
    "rules of a source": (lambda path: read_rules([], path), SettingError, b"format"),
    "context": (read_context, SettingError, b"@context"),
    "reference data": (read_reference, ReferenceDataError, b"territory"),
    "vehicles": (read_fleet, FleetError, b"depots"),
    "report": (lambda path: read_report(path.read_bytes()), UnreadableReportError, b"format"),
    "signature": (lambda path: read_signature(path.read_bytes()), UnreadableReportError, b"signature"),
    "backup": (lambda path: backup.read_manifest(path.parent), BackupError, b"owner"),
    "export": (lambda path: moving.read_manifest(path.parent), UnreadableExportError, b"format"),
    "Data Connect": (read_answer, FileError, b"usage_point_id"),
}
NAMES = {"backup": backup.FILE, "export": moving.FILE_NAME}
DAMAGES = {
    "no text": b'{"%s": "\xff\xfe"}',
    "too deep": b'{"%s":' * 100_000,
    "cut short": b'{"%s',
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("reader", READERS)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, reader: str, damage: str) -> None:
    read, error, member = READERS[reader]
    path = tmp_path / NAMES.get(reader, "file.json")
    opening = b"[" if reader == "rules of a source" else b""  # they are a list
    path.write_bytes(opening + DAMAGES[damage].replace(b"%s", member))
    with pytest.raises(error, match=r"\w{3,}"):
        read(path)


def read_names(path: Path) -> list[str]:
    """Give the columns of a file that is loaded."""
    with open_table(path) as table:
        return table.names


CELL = "x" * 200_000  # longer than the reader of CSV takes
CSV_READERS: dict[str, tuple[Callable[[Path], object], type[Exception], str]] = {
    "devices": (read_devices, SettingError, f"territory,external_id\ndole,{CELL}\n"),
    "tracks": (
        lambda path: read_tracks(path.read_bytes(), UTC),
        UnreadableTrackError,
        f"vehicle,time,lon,lat\n{CELL}\n",
    ),
    "rounds": (
        lambda path: read_declared(path.read_bytes(), UTC),
        UnreadableTrackError,
        f"sector,waste_stream,started_at,ended_at\n{CELL}\n",
    ),
    "distances": (lambda path: read_distances(path, ()), NoDistancesError, f";a\n{CELL};0\n"),
    "history": (read_names, FileError, "time,device\rquantity,value\n"),
}


@pytest.fixture
def python_limit() -> Iterator[None]:
    """Cells as long as Python takes: a library that other tests of the process use may have raised it."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("python_limit")
@pytest.mark.parametrize("reader", CSV_READERS)
def test_cells_and_line_ends_that_no_csv_has_are_refused_in_a_sentence(tmp_path: Path, reader: str) -> None:
    read, error, text = CSV_READERS[reader]
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode())
    with pytest.raises(error, match=r"\w{3,}"):
        read(path)


@pytest.mark.parametrize(
    "said",
    [
        '"time_zone": "../etc/passwd", "school_holidays": [["2026-02-01", "2026-02-15"]]',
        '"time_zone": "Nowhere/Land", "school_holidays": [["2026-02-01", "2026-02-15"]]',
        '"school_holidays": [["2026-02-01", "9999-12-31"]]',
    ],
)
def test_holidays_that_cannot_be_are_refused_in_a_sentence(tmp_path: Path, said: str) -> None:
    path = tmp_path / "reference.json"
    path.write_text(f'{{"territory": "dole", {said}}}')
    with pytest.raises(ReferenceDataError, match="holds no reference data"):
        read_reference(path)
