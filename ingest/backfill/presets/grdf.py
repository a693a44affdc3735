"""GRDF: daily export of a customer's account (XLSX or CSV), one line a gas day.

A header with `Date de relevé`, the index at the beginning and end of the gas day [m3], `Volume consommé (m3)`,
`Energie consommée (kWh)`, `Coefficient de conversion`; above it, or in a column, the delivery point (PCE). A gas day is
named by the civil day on which it begins, at 6:00 of Paris's civil time, and ends at 6:00 of the next. Stored is the
index at its end as gas_volume, a counter, at the last second of the civil day that GRDF names: that day keeps the
volume that GRDF gives it. The coefficients are told by month, for the factor `gas_heating_value`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ingest.backfill.presets.preset import SECOND, Asked, Preset, Value, table_of, to_begin
from ingest.backfill.presets.sheet import Row, fold, read_day, read_grid
from ingest.backfill.table import Table
from ingest.errors import FileError

PCE = re.compile(r"\b(\d{14}|GI\d{6})\b")


@contextmanager
def open_daily(path: Path, asked: Asked) -> Iterator[Table]:
    """Open a daily export."""
    grid = read_grid(path)
    place, header = find_header(grid)
    point = next((found[1] for row in grid[:place] for cell in row.cells if (found := PCE.search(cell))), None)
    values, coefficients = [], []
    for row in grid[place + 1 :]:
        cells = {name: cell for name, cell in zip(header, row.cells, strict=False) if cell}
        if "day" not in cells:
            continue
        value, day = read_line(row.line, cells, point, asked)
        coefficients.append((day, cells.get("coefficient", ""), cells.get("volume", "")))
        if value is not None and (not asked.only or value.device in asked.only):
            values.append(value)
    yield table_of(values, told(coefficients))


def find_header(grid: Sequence[Row]) -> tuple[int, list[str]]:
    """Give the place of the header and its names as this module calls them. Raises FileError."""
    for place, row in enumerate(grid):
        names = [name_of(fold(cell)) for cell in row.cells]
        if "day" in names:
            if "index_end" not in names:
                raise FileError("no column holds the index at the end of the day: ask for the export with index")
            return place, names
    raise FileError("no line names the column Date de relevé: this is no daily export of GRDF that is read")


def name_of(folded: str) -> str:
    """Give our name of a column."""
    if folded.startswith("date de releve"):
        return "day"
    if folded.startswith("index") and "fin" in folded:
        return "index_end"
    if "pce" in folded.split():
        return "point"
    if folded.startswith("coefficient"):
        return "coefficient"
    return "volume" if folded.startswith("volume") else folded


def read_line(line: int, cells: dict[str, str], point: str | None, asked: Asked) -> tuple[Value | None, date]:
    """Read one line; no value where the index is not there. Raises FileError."""
    device = cells.get("point", point)
    if device is None:
        raise FileError("neither a line above the header nor a column names the delivery point (PCE)")
    try:
        day = read_day(cells["day"])
    except ValueError as error:
        raise FileError(f"line {line}: {cells['day']!r} is no day") from error
    if "index_end" not in cells:
        return None, day
    at = to_begin(datetime.combine(day + timedelta(days=1), time(), asked.zone), SECOND)
    return Value(line, device, at, "gas_volume", cells["index_end"].replace(",", "."), "m3"), day


def told(rows: Iterable[tuple[date, str, str]]) -> Iterator[str]:
    """Say the mean coefficient of each month, weighted by volume where it is known."""
    months: dict[str, list[tuple[float, float]]] = {}
    for day, coefficient, volume in rows:
        try:
            weight = float(volume.replace(",", ".")) if volume else 1.0
            months.setdefault(f"{day:%Y-%m}", []).append((float(coefficient.replace(",", ".")), weight))
        except ValueError:
            continue
    for month, pairs in sorted(months.items()):
        total = sum(weight for _, weight in pairs)
        if total > 0:
            mean = sum(coefficient * weight for coefficient, weight in pairs) / total
            yield f"{month}: {mean:.3f} kWh/m3 on average; the factor gas_heating_value takes it"


PRESETS = (Preset("grdf-daily", "GRDF, daily export of a delivery point: index in m3", open_daily),)
