"""Assets from GeoJSON: a FeatureCollection (RFC 7946), or one of before it with a named `crs` (GeoJSON 2008)."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from sensors.asset_file.record import MOST_RECORDS, Cell, Record, RecordFile, UnreadableFileError, note_shapes
from sensors.asset_file.shape import (
    Point,
    middle_of_line,
    middle_of_lines,
    middle_of_points,
    middle_of_polygon,
    middle_of_polygons,
)

CRS_NAME = re.compile(r"^(?:urn:ogc:def:crs:)?EPSG:[\d.]*:?(\d{4,5})$", re.IGNORECASE)
CRS84 = re.compile(r"CRS:?[\d.]*:?(?:CRS)?84$", re.IGNORECASE)
WGS_84 = 4326


class Feature(msgspec.Struct, frozen=True):
    """A feature, with what we use of it."""

    type: str = ""
    id: str | int | float | None = None
    geometry: dict[str, Any] | None = None  # of a shape that depends on its kind
    properties: dict[str, Any] | None = None  # anything


class Collection(msgspec.Struct, frozen=True):
    """A collection of features."""

    type: str
    features: list[Feature]
    crs: dict[str, Any] | None = None  # {"type": "name", "properties": {"name": ...}}


def read_geojson(data: bytes) -> RecordFile:
    """Read a collection. Raises UnreadableFileError."""
    try:
        collection = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=Collection)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"the file is no GeoJSON FeatureCollection: {error}") from error
    if collection.type != "FeatureCollection":
        raise UnreadableFileError(f"a FeatureCollection is expected, not a {collection.type!r}")
    if len(collection.features) > MOST_RECORDS:
        raise UnreadableFileError(f"more than {MOST_RECORDS} features: cut the file")
    kinds: Counter[str] = Counter()
    records = [read_feature(line, feature, kinds) for line, feature in enumerate(collection.features, 1)]
    columns = dict.fromkeys(name for record in records for name in record.cells)
    return RecordFile("geojson", list(columns), records, read_crs(collection.crs), note_shapes(kinds))


def read_crs(crs: Mapping[str, Any] | None) -> int | None:
    """Give the EPSG number of the named reference system, None where none is named: RFC 7946 knows WGS 84 only."""
    if crs is None:
        return None
    properties = crs.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and CRS84.search(name):
        return WGS_84
    found = CRS_NAME.match(name) if isinstance(name, str) else None
    if found is None:
        raise UnreadableFileError(f"the file's reference system {name!r} is not understood")
    return int(found[1])


def read_feature(line: int, feature: Feature, kinds: Counter[str]) -> Record:
    """Read one feature; its id is a cell as well, unless a property has that name."""
    cells: dict[str, Cell] = {} if feature.id is None else {"id": feature.id}
    cells |= {name: plain(value) for name, value in (feature.properties or {}).items()}
    if feature.geometry is None:
        return Record(line, cells)
    try:
        kind, point = read_geometry(feature.geometry)
    except ValueError as error:
        return Record(line, cells, fault=str(error))
    kinds[kind] += 1
    return Record(line, cells, point)


def plain(value: object) -> Cell:
    """Give a property as one cell; a list or object as its JSON text."""
    return value if isinstance(value, str | int | float | bool | None) else msgspec.json.encode(value).decode()


def read_geometry(geometry: Mapping[str, Any]) -> tuple[str, Point]:
    """Give the kind of a geometry and the point that stands for it.

    Raises
    ------
    ValueError
        It is of a kind that is not read, empty, or its coordinates are none.
    """
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in READERS:
        raise ValueError(f"a geometry of kind {kind!r} is not read: points, lines and polygons are")
    depth, middle = READERS[kind]
    try:
        return kind, middle(cut(geometry.get("coordinates"), depth))
    except (TypeError, IndexError) as error:
        raise ValueError("the coordinates of the geometry are none") from error


def cut(nested: Any, depth: int) -> Any:  # as nested as the kind of geometry
    """Give nested positions with their first two numbers only. Raises TypeError or IndexError."""
    if depth:
        return [cut(part, depth - 1) for part in nested]
    x, y = nested[0], nested[1]
    if isinstance(x, bool) or isinstance(y, bool) or not (isinstance(x, int | float) and isinstance(y, int | float)):
        raise TypeError("a position is two numbers")
    return float(x), float(y)


READERS: dict[str, tuple[int, Callable[[Any], Point]]] = {
    "Point": (0, lambda point: point),
    "LineString": (1, middle_of_line),
    "MultiPoint": (1, middle_of_points),
    "Polygon": (2, middle_of_polygon),
    "MultiLineString": (2, middle_of_lines),
    "MultiPolygon": (3, middle_of_polygons),
}
