"""Rounds that people declare: CSV with sector, waste_stream, started_at, ended_at, if known distance_km and n_lifts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sensors.asset_file.entry import read_number
from sensors.telematics.rounds import DrivenRound
from sensors.telematics.track import UnreadableTrackError, cells_by_field, open_table, read_time

FIELDS = ("sector", "waste_stream", "started_at", "ended_at", "distance_km", "n_lifts")
NEEDED = FIELDS[:4]


@dataclass(frozen=True, slots=True)
class Declared:
    """The rounds of a file, and the lines that cannot be used with why."""

    rounds: Sequence[DrivenRound]
    refused: Sequence[tuple[int, str]]


def read_declared(data: bytes, zone: tzinfo, columns: Mapping[str, str] | None = None) -> Declared:
    """Read a file; of two rounds of one sector and stream that overlap the second is refused.

    Raises
    ------
    UnreadableTrackError
        The file is no such CSV.
    """
    rounds: list[DrivenRound] = []
    refused: list[tuple[int, str]] = []
    for line, cells in read_cells(data, columns or {}):
        try:
            found = read_round(cells, zone)
            if any(overlap(found, other) for other in rounds):
                raise ValueError("it overlaps a round of the same sector and stream in this file")
        except ValueError as error:
            refused.append((line, str(error)))
            continue
        rounds.append(found)
    return Declared(rounds, refused)


def read_cells(data: bytes, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the cells of each line by field. Raises UnreadableTrackError."""
    names, rows = open_table(data)
    found = {name.lower(): name for name in names if name.lower() in FIELDS} | dict(columns)
    if wrong := [
        f"{field}={column}" for field, column in columns.items() if field not in FIELDS or column not in names
    ]:
        raise UnreadableTrackError(f"{', '.join(wrong)}: fields are {', '.join(FIELDS)}; columns {', '.join(names)}")
    if missing := [field for field in NEEDED if field not in found]:
        raise UnreadableTrackError(f"no column for {', '.join(missing)}; columns are {', '.join(names)}")
    yield from cells_by_field(rows, found)


def read_round(cells: Mapping[str, str], zone: tzinfo) -> DrivenRound:
    """Read one line. Raises ValueError."""
    if not cells["sector"] or not cells["waste_stream"]:
        raise ValueError("sector and waste_stream must be given")
    started_at, ended_at = read_time(cells["started_at"], zone), read_time(cells["ended_at"], zone)
    if ended_at <= started_at:
        raise ValueError("it ends before it begins")
    distance, lifts = cells.get("distance_km", ""), cells.get("n_lifts", "")
    distance_km = read_number(distance) if distance else None
    n_lifts = int(read_number(lifts)) if lifts else None
    if (distance_km or 0) < 0 or (n_lifts or 0) < 0:
        raise ValueError("distance_km and n_lifts are not negative")
    return DrivenRound(cells["sector"], cells["waste_stream"], started_at, ended_at, n_lifts, distance_km)


def overlap(one: DrivenRound, other: DrivenRound) -> bool:
    """Say whether two rounds of one sector and stream overlap."""
    same = (one.sector, one.waste_stream) == (other.sector, other.waste_stream)
    return same and one.started_at < other.ended_at and other.started_at < one.ended_at
