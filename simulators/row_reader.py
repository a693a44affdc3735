"""From a row of a file to what its devices say: the mapping applied to the columns that a file has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import isfinite
from pathlib import Path

from sensors.quantity import find_quantity
from sensors.topic import is_device_id
from simulators.csv_rows import ROW_NUMBER, FileError, Row
from simulators.mapping_tables import Device, Mapping, Values, fill
from simulators.row_time import TimeError, make_step_counter, make_time_reader


class RowError(ValueError):
    """The whole row is of no use: its time, its device or its number of cells."""


@dataclass(slots=True)
class Part:
    """What one device says at one instant: values by key of the native message, in the units of the file."""

    device: str
    time_us: int
    values: dict[str, float | str]
    units: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a row holds: a part for each device, the number of empty cells, and what could not be read."""

    parts: list[Part] = field(default_factory=list)
    n_missing: int = 0
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the values of one column of the mapping stand in this file, and how they are read."""

    index: int
    values: Values
    device: Device
    missing: frozenset[str]
    read: Callable[[str], float | str]
    when_index: int = -1


class RowReader:
    """Reads rows of one file.

    Raises
    ------
    FileError
        The file lacks a column that the mapping names; the sentence lists those it has.
    """

    def __init__(self, mapping: Mapping, columns: list[str], path: Path) -> None:
        self.file = stem(path)
        self.columns = columns
        self.is_stepped = mapping.time.column is None
        self._time_index = -1 if mapping.time.column is None else self._find(mapping.time.column, "time.column")
        self._read_time = make_time_reader(mapping)
        self._step = make_step_counter(mapping.time) if self.is_stepped else None
        self._device_index = {
            device.id: self._find(device.column, "devices.column") for device in mapping.devices if device.column
        }
        mine = [values for values in mapping.values if fnmatchcase(path.name, values.file or "*")]
        self._places = [self._place(values, mapping) for values in mine if self._has(values)]
        if not self._places:
            patterns = ", ".join(sorted({values.file for values in mapping.values if values.file}))
            names = f", or is not named like {patterns}" if patterns else ""
            raise FileError(f"{path.name} has none of the mapping's columns{names}; it has: {', '.join(columns)}")

    @property
    def unmapped(self) -> list[str]:
        """The columns of the file that nothing is read from."""
        used = {self._time_index, *self._device_index.values()}
        used |= {place.index for place in self._places} | {place.when_index for place in self._places}
        return [name for index, name in enumerate(self.columns) if index not in used and name != ROW_NUMBER]

    def read(self, row: Row, index: int) -> Found:
        """Read a row; `index` counts rows from 0. Raises RowError with the line's number."""
        if not row.cells:
            return Found(n_missing=len(self._places) if self.is_stepped else 0)
        if len(row.cells) != len(self.columns):
            raise RowError(f"line {row.line}: {len(row.cells)} cells instead of {len(self.columns)}")
        time_us = self._time(row, index)
        found, parts, n_missing = Found(), dict[str, Part](), 0
        for place in self._places:
            if place.when_index >= 0 and place.values.when and row.cells[place.when_index] != place.values.when.equals:
                continue
            cell = row.cells[place.index]
            if cell.lower() in place.missing:
                n_missing += 1
                continue
            try:
                value = place.read(cell)
            except ValueError:
                found.unreadable.append(f"line {row.line}: {place.values.column}: {cell[:40]!r} is no number")
                continue
            name = self.name_device(place.device, row)
            part = parts.setdefault(name, Part(name, time_us, {}, {}))
            part.values[place.values.key] = value
            if place.values.unit is not None:
                part.units[place.values.key] = place.values.unit
        return Found(list(parts.values()), n_missing, found.unreadable)

    def name_device(self, device: Device, row: Row) -> str:
        """Give the id of the device of this row. Raises RowError."""
        index = self._device_index.get(device.id)
        name = fill(device.id, self.file, "" if index is None else row.cells[index])
        if (index is not None and not row.cells[index]) or not is_device_id(name):
            raise RowError(f"line {row.line}: {name[:80]!r} cannot be a device id (letters, digits, . _ : -)")
        return name

    def device_cell(self, device: Device, row: Row) -> str:
        """Give the cell that names the device, empty where its id is fixed."""
        index = self._device_index.get(device.id)
        return "" if index is None else row.cells[index]

    def _time(self, row: Row, index: int) -> int:
        if self._step is not None:
            return self._step(index)
        try:
            return self._read_time(row.cells[self._time_index])
        except TimeError as error:
            raise RowError(f"line {row.line}: {error}") from error

    def _place(self, values: Values, mapping: Mapping) -> Place:
        key = f"values ({values.key})"
        return Place(
            index=self._find(values.column, key),
            values=values,
            device=mapping.device_of(values),
            missing=frozenset(text.strip().lower() for text in (*mapping.file.missing, *values.missing)),
            read=make_value_reader(values, mapping.file.decimal),
            when_index=self._find(values.when.column, f"{key}.when") if values.when else -1,
        )

    def _has(self, values: Values) -> bool:
        return not values.optional or values.column.strip() in self.columns

    def _find(self, column: str, key: str) -> int:
        try:
            return self.columns.index(column.strip())
        except ValueError:
            raise FileError(
                f"there is no column {column!r}, which {key} of the mapping names; there are: {', '.join(self.columns)}"
            ) from None


def make_value_reader(values: Values, decimal: str) -> Callable[[str], float | str]:
    """Give the function from a cell to what is sent; it raises ValueError."""
    quantity = find_quantity(values.quantity)
    slugs = {code.slug for code in quantity.codes} if quantity else set()

    def read(cell: str) -> float | str:
        if cell in values.codes:
            return values.codes[cell]
        if cell in slugs:
            return cell
        number = read_number(cell, decimal)
        return number if (values.factor, values.summand) == (1.0, 0.0) else number * values.factor + values.summand

    return read


def read_number(cell: str, decimal: str) -> float:
    """Read a finite number. Raises ValueError."""
    number = float(cell.replace(",", ".") if decimal == "," else cell)
    if not isfinite(number) or "_" in cell:
        raise ValueError(cell)
    return number


def stem(path: Path) -> str:
    """Give the file's name without `.csv`, `.txt`, `.gz` and the like."""
    return path.name.partition(".")[0]
