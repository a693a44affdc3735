"""The parts of Enedis's files: sections of a CSV, each with its own facts, and answers of Data Connect (JSON)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ingest.backfill.presets.sheet import Row, fold
from ingest.errors import FileError
from sensors.json_text import UNREADABLE_JSON

POINT, TIME = "identifiant prm", "horodate"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a file: what it says of itself by folded name, its header, its lines."""

    facts: dict[str, str]
    header: list[str]
    rows: list[Row]


class ReadingType(msgspec.Struct, frozen=True):
    """What Data Connect says of its values."""

    measurement_kind: str = "power"
    unit: str = "W"


class IntervalReading(msgspec.Struct, frozen=True):
    """One value of Data Connect."""

    date: str
    value: str
    interval_length: str = ""


class Answer(msgspec.Struct, frozen=True):
    """An answer of Data Connect, within `meter_reading` or bare."""

    meter_reading: "Answer | None" = None
    usage_point_id: str = ""
    reading_type: ReadingType = ReadingType()
    interval_reading: tuple[IntervalReading, ...] = ()


def read_answer(path: Path) -> list[Section]:
    """Read an answer of Data Connect as one section; none where the file is no JSON. Raises FileError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error
    if not data.lstrip().startswith(b"{"):
        return []
    try:
        answer = msgspec.json.decode(data, type=Answer)
    except UNREADABLE_JSON as error:
        raise FileError(f"{path.name} is no answer of Data Connect that is read: {error}") from error
    reading = answer.meter_reading or answer
    if reading.reading_type.measurement_kind != "power":
        raise FileError("the answer holds energies of days, not a load curve: ask for the load curve")
    facts = {POINT: reading.usage_point_id, "unite": reading.reading_type.unit}
    rows = [
        Row(line, [point.date, point.value, point.interval_length])
        for line, point in enumerate(reading.interval_reading, 1)
    ]
    return [Section(facts, [TIME, "valeur", "pas"], rows)]


def sections(grid: Sequence[Row]) -> Iterator[Section]:
    """Cut a file into its sections. Raises FileError where there is none."""
    current: Section | None = None
    facts: dict[str, str] = {}
    place = 0
    while place < len(grid):
        names = [fold(cell) for cell in grid[place].cells]
        if TIME in names:
            current = Section(facts, names, [])
            yield from read_until_next(grid, place + 1, current)
            place += len(current.rows)
        elif names[:1] == [POINT] and place + 1 < len(grid):
            facts = dict(zip(names, grid[place + 1].cells, strict=False))
            place += 1
        place += 1
    if current is None:
        raise FileError("no line names the column Horodate: this is no file of Enedis that is read")


def read_until_next(grid: Sequence[Row], begin: int, section: Section) -> Iterator[Section]:
    """Fill a section with the lines that begin with a time, then give it."""
    for row in grid[begin:]:
        if fold(row.cells[0] if row.cells else "") in (POINT, "periode") or TIME in map(fold, row.cells):
            break
        section.rows.append(row)
    yield section
