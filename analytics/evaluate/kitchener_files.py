"""Kitchener's water mains and their breaks, as they lie: two CSV files, known by their columns.

Of the pipes material, size, length, day of laying, road segment and cleaning area are taken. Left out is what was, or
may have been, written down after breaks: CONDITION_SCORE, CRITICALITY, and SHALLOW_MAIN, whose pipes broke three times
as often as their like until 2006 and six times as often just before the files end. Breaks of services are left out.
"""

import csv
import io
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from analytics.evaluate.files import find_files, read_text
from analytics.water_mains.network import Breaks, Floats, Known, Mains, codes, mains_of

MAIN_COLUMNS = {"WATMAINID", "MATERIAL", "INSTALLATION_DATE", "ROADSEGMENTID"}
BREAK_COLUMNS = {"ASSETID", "INCIDENT_DATE", "BREAK_TYPE", "ROADSEGMENTID"}
NO_ROAD = {"", "0"}


def read_network(folder: Path) -> tuple[Mains, Breaks]:
    """Read pipes and breaks; breaks in several files (a part kept apart beside the first) are put together once.

    Raises
    ------
    NoDataError
        Pipes or breaks are not there.
    """
    pipes = rows_of(find_files(folder, lambda head: has_columns(head, MAIN_COLUMNS), "water mains"), "WATMAINID")
    breaks = rows_of(find_files(folder, lambda head: has_columns(head, BREAK_COLUMNS), "breaks"), "WATBREAKINCIDENTID")
    roads: dict[Hashable, int] = {}
    mains = mains_of(known_of(pipes), codes([road_of(row) for row in pipes], roads))
    ids = {row["WATMAINID"]: index for index, row in enumerate(pipes)}
    return mains, breaks_of([row for row in breaks if row["BREAK_TYPE"] == "MAIN"], ids, roads)


def has_columns(head: str, columns: set[str]) -> bool:
    """Say whether the first line of a file names these columns."""
    return columns <= set(head.split("\n", 1)[0].strip().split(","))


def rows_of(paths: Sequence[Path], key: str) -> list[Mapping[str, str]]:
    """Give the rows of all files, each key once."""
    found: dict[str, Mapping[str, str]] = {}
    for path in paths:
        for row in csv.DictReader(io.StringIO(read_text(path), newline="")):
            found.setdefault(row.get(key) or f"{path}:{len(found)}", row)
    return list(found.values())


def known_of(rows: Sequence[Mapping[str, str]]) -> Known:
    """Give what the files say of pipes."""
    return Known(
        laid=np.array([year_of(row["INSTALLATION_DATE"]) for row in rows]),
        length_m=numbers(rows, "Shape__Length"),
        diameter_mm=numbers(rows, "PIPE_SIZE"),
        materials=[row["MATERIAL"] for row in rows],
        districts=[f"{row.get('REL_CLEANING_AREA', '')}/{row.get('REL_CLEANING_SUBAREA', '')}" for row in rows],
    )


def breaks_of(rows: Sequence[Mapping[str, str]], ids: Mapping[str, int], roads: dict[Hashable, int]) -> Breaks:
    """Put breaks into arrays, those without a day left out."""
    at = np.array([year_of(row["INCIDENT_DATE"]) for row in rows])
    main = np.array([ids.get(row["ASSETID"], -1) for row in rows], dtype=np.int64)
    street = codes([road_of(row) for row in rows], roads)
    is_dated = np.isfinite(at)
    return Breaks(at[is_dated], main[is_dated], street[is_dated])


def road_of(row: Mapping[str, str]) -> str | None:
    """Give the road segment, None where none is named."""
    return None if row["ROADSEGMENTID"] in NO_ROAD else row["ROADSEGMENTID"]


def numbers(rows: Sequence[Mapping[str, str]], column: str) -> Floats:
    """Read a column of numbers, NaN where there is none."""
    return np.array([float(row.get(column) or "nan") for row in rows])


def year_of(text: str) -> float:
    """Turn `YYYY/MM/DD ...` into a year with its fraction, NaN where it is empty."""
    if not text:
        return float("nan")
    day = date.fromisoformat(text[:10].replace("/", "-"))
    return day.year + (day.timetuple().tm_yday - 1) / 366
