"""Rows of a CSV file, plain or gzipped, with the number of their line."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from simulators.mapping_tables import File

GZIP_MAGIC = b"\x1f\x8b"
ROW_NUMBER = "#"


class FileError(ValueError):
    """The file cannot be read; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, without blanks around them; `line` counts from 1. An empty line has no cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, and the rows, which can be read once."""

    columns: list[str]
    rows: Iterator[Row]


@contextmanager
def open_table(path: Path, file: File) -> Iterator[Table]:
    """Open a file.

    Raises
    ------
    FileError
        It cannot be opened, unpacked, decoded or cut into cells; also while rows are read.
    """
    try:
        with path.open("rb") as raw, io.TextIOWrapper(unpacked(raw), encoding=file.encoding, newline="") as text:
            rows = read_rows(path, text, file)
            first = next(rows, None)
            if first is None:
                raise FileError(f"{path.name} is empty")
            yield make_table(first, rows, file)
    except OSError as error:
        raise FileError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except FileError:
        raise
    except (LookupError, ValueError) as error:
        raise FileError(f"{path.name}: file.encoding: {error}") from error


def unpacked(raw: BinaryIO) -> BinaryIO:
    """Give the bytes inside a gzip file, told by its first two bytes; any other as it is."""
    is_packed = raw.read(2) == GZIP_MAGIC
    raw.seek(0)
    return cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if is_packed else raw


def make_table(first: Row, rest: Iterator[Row], file: File) -> Table:
    """Name the columns: by the header, or by their number."""
    if not file.header:
        return Table([str(number + 1) for number in range(len(first.cells))], prepend(first, rest))
    columns = [ROW_NUMBER, *first.cells] if file.row_number else first.cells
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FileError(f"line {first.line}: the header names {', '.join(twice)} more than once")
    return Table(columns, rest)


def prepend(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    """Give the first row, then the others."""
    yield first
    yield from rest


def read_rows(path: Path, text: io.TextIOWrapper, file: File) -> Iterator[Row]:
    """Cut the text into rows."""
    reader = csv.reader(text, delimiter=file.separator, quotechar=file.quote)
    try:
        for cells in reader:
            yield Row(reader.line_num, [cell.strip() for cell in cells])
    except UnicodeError as error:
        raise FileError(
            f"{path.name}, after line {reader.line_num}: this is not {file.encoding}; set file.encoding"
        ) from error
    except (csv.Error, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileError(f"{path.name}, after line {reader.line_num}: {error}") from error
