"""Files of positions: CSV as telematics services export it, and GPX 1.0 or 1.1 (topografix.com/GPX/1/1)."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from xml.etree import ElementTree

from sensors.asset_file.entry import read_number

FIELDS = ("vehicle", "time", "longitude", "latitude", "event")
SPELLINGS = {
    "vehicule": "vehicle",
    "véhicule": "vehicle",
    "immatriculation": "vehicle",
    "horodatage": "time",
    "lon": "longitude",
    "lat": "latitude",
    "evenement": "event",
    "événement": "event",
}
SEPARATORS = (";", "\t", ",")
Row = Mapping[str, str | None]


class UnreadableTrackError(ValueError):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a vehicle was; `event` is what its equipment reported, such as a lift, "" where nothing."""

    vehicle: str
    at: datetime
    longitude: float
    latitude: float
    event: str = ""


@dataclass(frozen=True, slots=True)
class Tracks:
    """The positions of a file, by vehicle and time, and the lines that cannot be used with why."""

    positions: Mapping[str, Sequence[Position]]
    refused: Sequence[tuple[int, str]]


def read_tracks(
    data: bytes, zone: tzinfo, columns: Mapping[str, str] | None = None, vehicle: str | None = None
) -> Tracks:
    """Read a CSV or GPX file, told by its first bytes.

    Parameters
    ----------
    zone
        Of times without an offset.
    columns
        Which column of a CSV holds a field.
    vehicle
        Whose positions all are; of GPX by default the name of each track.

    Raises
    ------
    UnreadableTrackError
        The file has no positions that can be read.
    """
    found: dict[str, list[Position]] = {}
    refused: list[tuple[int, str]] = []
    is_gpx = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    parts = read_gpx(data, zone, vehicle) if is_gpx else read_csv(data, zone, columns or {}, vehicle)
    for line, part in parts:
        if isinstance(part, str):
            refused.append((line, part))
        else:
            found.setdefault(part.vehicle, []).append(part)
    if not found and not refused:
        raise UnreadableTrackError("the file holds no positions")
    return Tracks({name: sorted(each, key=lambda p: p.at) for name, each in sorted(found.items())}, refused)


def read_csv(
    data: bytes, zone: tzinfo, columns: Mapping[str, str], vehicle: str | None
) -> Iterator[tuple[int, Position | str]]:
    """Give the position of each line, or why there is none. Raises UnreadableTrackError."""
    names, rows = open_table(data)
    column_by_field = find_columns(names, columns, has_vehicle=vehicle is not None)
    for line, cells in cells_by_field(rows, column_by_field):
        yield line, read_position(cells, zone, vehicle)


def open_table(data: bytes) -> tuple[list[str], Iterator[tuple[int, Row]]]:
    """Give the columns of a CSV file, and its lines by number. Raises UnreadableTrackError, also on the way."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTrackError(f"the file is no UTF-8 text (byte {error.start})") from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=head.count))
    with refused_as_track():
        names = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = names
    return names, numbered(reader)


def numbered(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Row]]:
    """Give each line with its number. Raises UnreadableTrackError."""
    with refused_as_track():
        for row in reader:
            yield reader.line_num, row


@contextmanager
def refused_as_track() -> Iterator[None]:
    """Say what the reader of CSV cannot take by our own error."""
    try:
        yield
    except csv.Error as error:
        raise UnreadableTrackError(f"the file is no CSV: {error}") from error


def cells_by_field(
    rows: Iterable[tuple[int, Row]], column_by_field: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the cells of each line that is not empty by field."""
    for line, row in rows:
        cells = {field: (row.get(column) or "").strip() for field, column in column_by_field.items()}
        if any(cells.values()):
            yield line, cells


def find_columns(names: Sequence[str], columns: Mapping[str, str], *, has_vehicle: bool) -> dict[str, str]:
    """Give the column of each field. Raises UnreadableTrackError."""
    for field, column in columns.items():
        if field not in FIELDS or column not in names:
            raise UnreadableTrackError(f"{field}={column}: fields are {', '.join(FIELDS)}; columns {', '.join(names)}")
    folded = {SPELLINGS.get(name.lower(), name.lower()): name for name in names}
    found = {field: folded[field] for field in FIELDS if field in folded} | dict(columns)
    needed = ["time", "longitude", "latitude"] + ([] if has_vehicle else ["vehicle"])
    if missing := [field for field in needed if field not in found]:
        raise UnreadableTrackError(f"no column for {', '.join(missing)}; columns are {', '.join(names)}")
    return found


def read_position(cells: Mapping[str, str], zone: tzinfo, vehicle: str | None) -> Position | str:
    """Read one line, or say why it cannot be used."""
    name = vehicle or cells.get("vehicle", "")
    if not name:
        return "no vehicle"
    try:
        longitude, latitude = read_number(cells["longitude"]), read_number(cells["latitude"])
        at = read_time(cells["time"], zone)
    except ValueError as error:
        return str(error)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90) or (longitude, latitude) == (0, 0):
        return f"{longitude:g}, {latitude:g} is no position"  # 0, 0 is what a receiver without satellites says
    return Position(name, at, longitude, latitude, cells.get("event", ""))


def read_time(text: str, zone: tzinfo) -> datetime:
    """Read ISO 8601, or `01/03/2026 08:15[:30]` as French services write it. Raises ValueError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        pattern = "%d/%m/%Y %H:%M:%S" if text.count(":") == 2 else "%d/%m/%Y %H:%M"
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007  # the zone is put on below
        except ValueError as error:
            raise ValueError(f"{text!r} is no time") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def read_gpx(data: bytes, zone: tzinfo, vehicle: str | None) -> Iterator[tuple[int, Position | str]]:
    """Give the points of all tracks, numbered from 1."""
    if b"<!DOCTYPE" in data:
        raise UnreadableTrackError("the file declares a document type")
    try:
        root = ElementTree.fromstring(data)  # expat bounds entities  # nosec B314
    except ElementTree.ParseError as error:
        raise UnreadableTrackError(f"the file is no GPX: {error}") from error
    number = 0
    for track in root.iter():
        if local(track.tag) != "trk":
            continue
        name = vehicle or next((part.text or "" for part in track if local(part.tag) == "name"), "").strip()
        for point in track.iter():
            if local(point.tag) == "trkpt":
                number += 1
                time = next((part.text or "" for part in point if local(part.tag) == "time"), "")
                cells = {"longitude": point.get("lon", ""), "latitude": point.get("lat", ""), "time": time.strip()}
                yield number, read_position(cells, zone, name)


def local(tag: str) -> str:
    """Give a name without its namespace."""
    return tag.rpartition("}")[2]
