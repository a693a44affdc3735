"""Assets from CSV: UTF-8, a header, cells separated by comma, semicolon or tab."""

import csv
import io
from collections.abc import Callable, Iterator

from sensors.asset_file.record import MOST_RECORDS, Record, RecordFile, UnreadableFileError

SEPARATORS = (";", "\t", ",")


def read_csv(data: bytes) -> RecordFile:
    """Read a CSV. Raises UnreadableFileError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"the file is no UTF-8 text (byte {error.start})") from error
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=head.count), strict=True)
    try:
        return read_rows(reader, lambda: reader.line_num)
    except csv.Error as error:
        raise UnreadableFileError(f"line {reader.line_num}: {error}") from error


def read_rows(rows: Iterator[list[str]], line_of: Callable[[], int]) -> RecordFile:
    """Read header and lines; `line_of` gives the number of the line that was read last. Raises UnreadableFileError."""
    names = [name.strip() for name in next(rows, [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if not any(names) or twice:
        raise UnreadableFileError(f"the header names {', '.join(twice)} twice" if twice else "there is no header")
    records: list[Record] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(records) >= MOST_RECORDS:
            raise UnreadableFileError(f"more than {MOST_RECORDS} lines: cut the file")
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
        fault = None if len(row) == len(names) else "not as many fields as the header has columns"
        records.append(Record(line_of(), cells, fault=fault))
    return RecordFile("csv", names, records)
