"""What a file of assets says, before it is understood: lines with named cells and a point."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sensors.asset_file.shape import Point

Cell = str | int | float | bool | None
MOST_BYTES = 64 << 20
MOST_RECORDS = 500_000


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line or feature: its place in the file from 1, cells by column, and the point that stands for its geometry.

    The point is in the file's own reference system. `fault` says why the line cannot be used at all.
    """

    line: int
    cells: Mapping[str, Cell]
    point: Point | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file's records; `epsg` is the reference system that the file itself states. `notes` say what was taken."""

    format: str
    columns: Sequence[str]
    records: Sequence[Record]
    epsg: int | None = None
    notes: Sequence[str] = field(default_factory=tuple)


def note_shapes(kinds: Mapping[str, int]) -> list[str]:
    """Say how many lines and polygons a point stands for."""
    others = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()) if kind != "Point" and n)
    if not others:
        return []
    return [f"{others}: a line stands where its middle is, a polygon at its centroid or the vertex nearest to it"]
