"""Files as tables: CSV, Parquet and Arrow IPC, known by their first bytes, in blocks of some 200,000 lines."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

from ingest.errors import FileError

BLOCK_LINES = 200_000
BLOCK_VALUES = 400_000  # of a wide file, whose blocks have fewer lines
BLOCK_BYTES = 8 << 20  # of a CSV file; its blocks have as many lines as fit
SEPARATORS = (";", "\t", ",")
BOM = b"\xef\xbb\xbf"

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file as columns; `lines` numbers them from 1, a CSV's header included.

    `uncut` are lines among them that have not as many cells as the header, with their text. `end` is the last line of
    all, `share` (0 to 1) how much of the file is read.
    """

    columns: pa.RecordBatch
    lines: Lines
    uncut: tuple[tuple[int, str], ...]
    end: int
    share: float

    def cut(self, n_lines: int) -> Iterator["Block"]:
        """Give the same lines in blocks of at most so many."""
        for begin in range(0, max(1, len(self.lines)), n_lines):
            part = self.columns.slice(begin, n_lines), self.lines[begin : begin + n_lines]
            if begin + n_lines >= len(self.lines):
                yield Block(*part, self.uncut, self.end, self.share)
            else:
                yield Block(*part, (), int(part[1][-1]), self.share)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of a file's columns, and its blocks, which can be read once.

    `notes` are sentences for the person who loads; whoever makes the blocks adds to them while they are read.
    """

    names: list[str]
    blocks: Iterator[Block]
    notes: list[str] = field(default_factory=list)


@contextmanager
def open_table(path: Path, separator: str | None = None, encoding: str = "utf-8") -> Iterator[Table]:
    """Open a file; `separator` and `encoding` are those of a CSV, the former found in the header where it is not given.

    Raises
    ------
    FileError
        It cannot be opened or read; also while blocks are read.
    """
    try:
        with path.open("rb") as raw:
            head = raw.read(8)
            raw.seek(0)
            if head.startswith(b"PAR1"):
                yield open_parquet(raw)
            elif head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
                yield open_arrow(raw, is_file=head.startswith(b"ARROW1"))
            else:
                yield open_csv(raw, separator, encoding)
    except FileError as error:
        raise FileError(f"{path.name}: {error}") from error
    except (OSError, pa.ArrowException, UnicodeDecodeError, EOFError, zlib.error, csv.Error) as error:
        raise FileError(f"{path.name} cannot be read: {error}") from error


def open_parquet(raw: BinaryIO) -> Table:
    """Read a Parquet file, row group by row group."""
    file = pa.parquet.ParquetFile(raw)
    total = file.metadata.num_rows
    return Table(file.schema_arrow.names, number(file.iter_batches(BLOCK_LINES), lambda end: end / max(1, total)))


def open_arrow(raw: BinaryIO, *, is_file: bool) -> Table:
    """Read an Arrow IPC file or stream."""
    size = max(1, raw.seek(0, io.SEEK_END))
    raw.seek(0)
    if is_file:
        reader = pa.ipc.open_file(raw)
        batches = (reader.get_batch(index) for index in range(reader.num_record_batches))
    else:
        reader = pa.ipc.open_stream(raw)
        batches = iter(reader)
    return Table(reader.schema.names, number(batches, lambda _: min(1.0, raw.tell() / size)))


def number(batches: Iterator[pa.RecordBatch], share: Callable[[int], float]) -> Iterator[Block]:
    """Cut batches of any size into blocks, and number their rows from 1."""
    begin = 0
    for batch in regroup(batches):
        end = begin + batch.num_rows
        yield Block(batch, np.arange(begin + 1, end + 1), (), end, share(end))
        begin = end


def regroup(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Join small batches and cut large ones."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        for begin in range(0, batch.num_rows, BLOCK_LINES):
            waiting.append(batch.slice(begin, BLOCK_LINES))
            if sum(part.num_rows for part in waiting) >= BLOCK_LINES:
                yield join(waiting)
                waiting = []
    if waiting:
        yield join(waiting)


def join(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Make one batch of several."""
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).unify_dictionaries().combine_chunks().to_batches()[0]


def open_csv(raw: BinaryIO, separator: str | None, encoding: str) -> Table:
    """Read a CSV file, plain or gzipped; every cell stays text, to be judged line by line."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise FileError(f"there is no encoding {encoding!r}") from error
    size = max(1, raw.seek(0, io.SEEK_END))
    raw.seek(0)
    text = unpacked(raw)
    names, separator = read_header(text, separator, encoding)
    text.seek(0)
    uncut = Uncut()
    reader = pa.csv.open_csv(
        text,
        read_options=pa.csv.ReadOptions(
            column_names=names, skip_rows=1, block_size=BLOCK_BYTES, use_threads=False, encoding=encoding
        ),
        parse_options=pa.csv.ParseOptions(delimiter=separator, invalid_row_handler=uncut.add, ignore_empty_lines=False),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )
    return Table(names, number_csv(reader, uncut, lambda: min(1.0, raw.tell() / size)))


def unpacked(raw: BinaryIO) -> BinaryIO:
    """Give the bytes inside a gzip file, told by its first two bytes; any other as it is."""
    is_packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if is_packed else raw


def read_header(text: BinaryIO, separator: str | None, encoding: str) -> tuple[list[str], str]:
    """Give the names of the columns and what separates them.

    Raises
    ------
    FileError
        There is no header, or it names a column twice.
    """
    head = text.readline().removeprefix(BOM).decode(encoding).strip("\r\n")
    found = separator or max(SEPARATORS, key=head.count)
    names = [name.strip() for name in next(csv.reader([head], delimiter=found), [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not any(names) or twice:
        raise FileError(f"the header names {', '.join(map(repr, twice))} twice" if twice else "there is no header")
    return names, found


@dataclass(slots=True)
class Uncut:
    """Collects lines that have not as many cells as the header, while the reader runs ahead."""

    lines: list[tuple[int, str]] = field(default_factory=list)

    def add(self, row: pa.csv.InvalidRow) -> str:
        """Take one."""
        self.lines.append((row.number, f"{row.actual_columns} / {row.expected_columns}: {row.text}"))
        return "skip"

    def take(self, begin: int, n_cut: int) -> tuple[Lines, tuple[tuple[int, str], ...]]:
        """Number so many cut lines after `begin`, and give the uncut ones among them."""
        taken: list[tuple[int, str]] = []
        for line in self.lines:
            if line[0] > begin + n_cut + len(taken):
                break
            taken.append(line)
        del self.lines[: len(taken)]
        numbers = np.arange(begin + 1, begin + n_cut + len(taken) + 1)
        return np.setdiff1d(numbers, [line for line, _ in taken], assume_unique=True), tuple(taken)


def number_csv(reader: pa.csv.CSVStreamingReader, uncut: Uncut, share: Callable[[], float]) -> Iterator[Block]:
    """Number the lines of a CSV as an editor does; the header is line 1."""
    end = 1
    for batch in reader:
        lines, taken = uncut.take(end, batch.num_rows)
        end += batch.num_rows + len(taken)
        yield Block(batch, lines, taken, end, share())
    if uncut.lines:
        rest = tuple(uncut.lines)
        nothing = pa.RecordBatch.from_pylist([], schema=reader.schema)
        yield Block(nothing, np.empty(0, dtype=np.int64), rest, rest[-1][0], 1.0)
