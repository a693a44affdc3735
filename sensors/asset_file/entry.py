"""From a record to an asset, or to the reason why its line is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sensors.asset import Attribute
from sensors.asset_file.lambert import NotHereError, locate
from sensors.asset_file.record import Cell, Record
from sensors.asset_file.wish import ATTRIBUTE, WGS_84, Meaning
from sensors.types import find_asset_type

LONGEST_SLUG, LONGEST_TEXT = 100, 1000
WORDS = {"true": True, "oui": True, "yes": True, "vrai": True, "1": True, "false": False, "non": False}
WORDS |= {"no": False, "faux": False, "0": False}
Value = str | float | bool


@dataclass(frozen=True, slots=True)
class AssetLine:
    """What a line says of an asset; None and absent attributes: nothing, what stands there stays."""

    line: int
    territory: str
    slug: str
    name: str | None
    type: str | None
    parent: str | None
    longitude: float | None
    latitude: float | None
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be used, with the slug if it has one, and why."""

    line: int
    slug: str
    reason: str


def read_lines(records: Sequence[Record], meaning: Meaning) -> tuple[list[AssetLine], list[RefusedLine]]:
    """Read all records; of two with one slug in one territory the second is refused."""
    lines: list[AssetLine] = []
    refused: list[RefusedLine] = []
    line_by_key: dict[tuple[str, str], int] = {}
    for record in records:
        try:
            found = read_line(record, meaning)
            first = line_by_key.setdefault((found.territory, found.slug), found.line)
            if first != found.line:
                raise ValueError(f"line {first} says {found.slug!r} already")
        except ValueError as error:
            refused.append(RefusedLine(record.line, text_of(record.cells.get(meaning.columns["slug"])), str(error)))
            continue
        lines.append(found)
    return lines, refused


def read_line(record: Record, meaning: Meaning) -> AssetLine:
    """Read one record. Raises ValueError, which says why it cannot be used."""
    if record.fault:
        raise ValueError(record.fault)
    cells = {name: text_of(record.cells.get(column)) for name, column in meaning.columns.items()}
    cells |= meaning.constants
    territory, slug = cells.get("territory", ""), cells.get("slug", "")
    if not territory or not slug:
        raise ValueError("territory and slug must be given")
    if len(slug) > LONGEST_SLUG or not slug.isprintable():
        raise ValueError(f"a slug is at most {LONGEST_SLUG} printable characters")
    type_name = cells.get("type") or None
    if type_name is not None and find_asset_type(type_name) is None:
        raise ValueError(f"no asset type {type_name!r}")
    longitude, latitude = read_position(record, cells, meaning.epsg)
    name = cells.get("name") or None
    attributes = read_attributes(cells, type_name)
    return AssetLine(
        record.line, territory, slug, name, type_name, cells.get("parent") or None, longitude, latitude, attributes
    )


def text_of(cell: Cell) -> str:
    """Give a cell as text, without blanks around it; a whole number without its point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def read_position(record: Record, cells: Mapping[str, str], epsg: int) -> tuple[float | None, float | None]:
    """Give longitude and latitude [degrees], (None, None) where nothing is said."""
    if record.point is not None:
        return locate(epsg, *record.point)
    texts = (cells.get("x", ""), cells.get("y", "")) if "x" in cells else None
    degrees = texts is None
    if texts is None:
        texts = (cells.get("longitude", ""), cells.get("latitude", ""))
    if not any(texts):
        return None, None
    numbers = [read_number(text) for text in texts]
    try:
        return locate(WGS_84 if degrees else epsg, numbers[0], numbers[1])
    except NotHereError as error:
        if not degrees:
            raise
        odd = texts[0] if abs(numbers[0]) > 180 else texts[1]
        hint = "; for plane coordinates name x, y and their reference system" if abs(numbers[0]) > 1000 else ""
        raise ValueError(f"{odd!r} is no longitude or latitude in degrees{hint}") from error


def read_number(text: str) -> float:
    """Read a number; spreadsheets may write a comma, and blanks between thousands."""
    plain = text.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    try:
        number = float(plain)
    except ValueError as error:
        raise ValueError(f"{text!r} is no number") from error
    if number != number or abs(number) == float("inf"):  # NaN
        raise ValueError(f"{text!r} is no number")
    return number


def read_attributes(cells: Mapping[str, str], type_name: str | None) -> dict[str, Value]:
    """Read the attributes that the line says something about; those that its type lists by their kind."""
    kind = find_asset_type(type_name) if type_name else None
    found: dict[str, Value] = {}
    for name, text in cells.items():
        if name.startswith(ATTRIBUTE) and text:
            short = name.removeprefix(ATTRIBUTE)
            found[short] = read_attribute(short, text, kind.attribute(short) if kind else None)
    return found


def read_attribute(name: str, text: str, attribute: Attribute | None) -> Value:
    """Read one attribute. Raises ValueError."""
    match attribute.kind if attribute else "text":
        case "number":
            return read_number(text)
        case "boolean":
            if (word := WORDS.get(text.lower())) is None:
                raise ValueError(f"{name}: {text!r} is neither yes nor no")
            return word
        case "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError as error:
                raise ValueError(f"{name}: {text!r} is no day such as 2026-03-01") from error
        case _:
            if len(text) > LONGEST_TEXT:
                raise ValueError(f"{name} is longer than {LONGEST_TEXT} characters")
            return text
