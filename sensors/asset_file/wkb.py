"""Geometries of a GeoPackage: its header (OGC 12-128r19, 2.1.3) and well-known binary (ISO/IEC 13249-3, OGC 06-103r4).

Read as far as one point is needed; Z and M are skipped. Curves and collections are refused.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sensors.asset_file.shape import (
    Point,
    middle_of_line,
    middle_of_lines,
    middle_of_points,
    middle_of_polygon,
    middle_of_polygons,
)

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
EMPTY_FLAG = 0x10
MOST_PARTS = 10_000_000
KINDS = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
}


def point_of_blob(blob: bytes) -> tuple[str, Point | None]:
    """Give the kind of a GeoPackage geometry and the point that stands for it, None where it is empty.

    Raises
    ------
    ValueError
        The bytes are no such geometry, or of a kind that is not read.
    """
    if len(blob) < 8 or blob[:2] != b"GP":
        raise ValueError("the geometry has no GeoPackage header")
    flags = blob[3]
    envelope = ENVELOPE_BYTES.get((flags >> 1) & 7)
    if envelope is None:
        raise ValueError("the geometry's envelope is of no known kind")
    try:
        kind, parts = Cursor(blob, 8 + envelope).read_geometry()
    except struct.error as error:
        raise ValueError("the geometry is cut off") from error
    if flags & EMPTY_FLAG or not parts:
        return kind, None
    return kind, POINT_OF[kind](parts)


def only_point(parts: Point) -> Point | None:
    """Give a point as it is, None where it is written as not a number, as empty ones are."""
    return None if parts[0] != parts[0] or parts[1] != parts[1] else parts  # NaN


POINT_OF: dict[str, Callable[[Any], Point | None]] = {  # the parts are as nested as the kind says
    "Point": only_point,
    "LineString": middle_of_line,
    "Polygon": middle_of_polygon,
    "MultiPoint": middle_of_points,
    "MultiLineString": middle_of_lines,
    "MultiPolygon": middle_of_polygons,
}


@dataclass(slots=True)
class Cursor:
    """Reads well-known binary from a place on."""

    blob: bytes
    place: int

    def read_geometry(self) -> tuple[str, Any]:
        """Give the kind and the nested coordinates."""
        order = "<" if self._take("<B")[0] else ">"
        code = self._take(order + "I")[0]
        has_z, has_m = bool(code & 0x80000000), bool(code & 0x40000000)
        thousands, base = divmod(code & 0x0FFFFFFF, 1000)
        n_axes = 2 + (has_z or thousands in (1, 3)) + (has_m or thousands in (2, 3))
        kind = KINDS.get(base)
        if kind is None or thousands > 3:
            raise ValueError(f"a geometry of kind {code} is not read: points, lines and polygons are")
        if base == 1:
            return kind, self._points(order, n_axes, 1)[0]
        if base == 2:
            return kind, self._points(order, n_axes, self._count(order))
        if base == 3:
            return kind, [self._points(order, n_axes, self._count(order)) for _ in range(self._count(order))]
        return kind, [self.read_geometry()[1] for _ in range(self._count(order))]

    def _count(self, order: str) -> int:
        found = int(self._take(order + "I")[0])
        if found > MOST_PARTS:
            raise ValueError("the geometry is cut off")
        return found

    def _points(self, order: str, n_axes: int, n_points: int) -> list[Point]:
        numbers = self._take(f"{order}{n_axes * n_points}d")
        return [(numbers[at], numbers[at + 1]) for at in range(0, len(numbers), n_axes)]

    def _take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from(layout, self.blob, self.place)
        self.place += struct.calcsize(layout)
        return found
