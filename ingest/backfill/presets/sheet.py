"""The first sheet of an XLSX workbook, or a CSV, as a grid of texts (ECMA-376: Office Open XML).

Of a workbook only the values are read: shared and inline texts, numbers as they are stored. A day is then a number, the
days since 30 December 1899.
"""

import csv
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ingest.errors import FileError

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")
MOST_BYTES = 200 << 20  # of a part, unpacked
FIRST_SHEET = "xl/worksheets/sheet1.xml"
# What a damaged file raises: no archive or one packed otherwise, a part or a shared text that is not there.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, struct.error),  # RuntimeError: it wants a password
    *(LookupError, ElementTree.ParseError, ValueError, OverflowError, csv.Error),
)
DAY_ZERO = date(1899, 12, 30)


class Row(NamedTuple):
    """A line of the grid, numbered as a person sees it, from 1."""

    line: int
    cells: list[str]


def read_grid(path: Path) -> list[Row]:
    """Read a workbook or a CSV, told by its first bytes. Raises FileError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return read_workbook(data) if data.startswith(b"PK") else read_text(data)
    except BROKEN as error:
        raise FileError(f"{path.name} is no workbook and no CSV that can be read: {error}") from error


def fold(text: str) -> str:
    """Give a heading without accents, capitals and needless blanks, to be compared.

    >>> fold(" Date de  Relevé ")
    'date de releve'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split())


def read_text(data: bytes) -> list[Row]:
    """Read a CSV in UTF-8 or Windows-1252, cut at semicolons."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    return [Row(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]


def read_workbook(data: bytes) -> list[Row]:
    """Read the first sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        texts = []
        if "xl/sharedStrings.xml" in parts.namelist():
            strings = parse(parts, "xl/sharedStrings.xml")
            texts = [text_of(item) for item in strings.iter(f"{MAIN}si")]
        return [read_row(row, texts) for row in parse(parts, FIRST_SHEET).iter(f"{MAIN}row")]


def parse(parts: zipfile.ZipFile, name: str) -> Element:
    """Parse a part; one that unpacks to far too much, or that declares entities, is refused. Raises ValueError."""
    if parts.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"{name} is too large")
    content = parts.read(name)
    if b"<!DOCTYPE" in content:
        raise ValueError(f"{name} declares a document type")
    return ElementTree.fromstring(content)  # expat bounds entities  # nosec B314


def read_row(row: Element, texts: list[str]) -> Row:
    """Read one row; cells that are left out are empty."""
    cells: list[str] = []
    for cell in row.iter(f"{MAIN}c"):
        found = REFERENCE.fullmatch(cell.get("r", ""))
        place = column_index(found[1]) if found else len(cells)
        cells += [""] * (place + 1 - len(cells))
        cells[place] = read_cell(cell, texts)
    return Row(int(row.get("r", "0")), cells)


def read_cell(cell: Element, texts: list[str]) -> str:
    """Give the text of a cell."""
    if cell.get("t") == "inlineStr":
        return text_of(cell)
    value = cell.find(f"{MAIN}v")
    text = "" if value is None or value.text is None else value.text.strip()
    return texts[int(text)] if cell.get("t") == "s" and text else text


def text_of(item: Element) -> str:
    """Join the runs of a text."""
    return "".join(part.text or "" for part in item.iter(f"{MAIN}t")).strip()


def column_index(letters: str) -> int:
    """Give the place of a column from 0: A, B, ... Z, AA.

    >>> column_index("A"), column_index("AA")
    (0, 26)
    """
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def read_day(text: str) -> date:
    """Read `31/12/2024`, `2024-12-31` or a workbook's number. Raises ValueError."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        found = DAY_ZERO + timedelta(days=int(float(text)))
    elif "/" in text:
        found = datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007  # a day has no zone
    else:
        found = date.fromisoformat(text[:10])
    require_near(found)
    return found


def require_near(day: date) -> None:
    """Refuse a day that is none of a meter's: at the ends of the calendar there is no day before or after."""
    if not 1900 <= day.year <= 2200:
        raise ValueError(f"the year {day.year}")
