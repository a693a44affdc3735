"""Shapes in the plane of degrees: read from GeoJSON or well-known text, measured, and related to one another.

How two shapes lie is the matrix of OGC 06-103r4, 6.1.15 (DE-9IM): which of interior, boundary and exterior of one meets
which of the other, and in how many dimensions. It is found by looking at one point of each node, edge and side of an
edge of both shapes laid upon each other.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Ring = tuple[Point, ...]
ON = 1e-9  # [degree] what is nearer lies upon it
BESIDE = 1e-7  # [degree] how far beside an edge its sides are looked at
MOST_POINTS = 1_000  # of one shape
INTERIOR, BOUNDARY, EXTERIOR = 0, 1, 2
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_TAGGED = re.compile(r"(?:(MULTI)?(POINT|LINESTRING|POLYGON))\s*Z?\s*(\(.*\))", re.ASCII | re.DOTALL)


class ShapeError(ValueError):
    """The text or object is no shape that can be worked with."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Points, lines and polygons, each polygon an outer ring and its holes; coordinates are (east, north) [degree]."""

    points: tuple[Point, ...] = ()
    lines: tuple[Ring, ...] = ()
    polygons: tuple[tuple[Ring, ...], ...] = ()

    @property
    def dimension(self) -> int:
        return 2 if self.polygons else 1 if self.lines else 0

    @property
    def chains(self) -> Iterator[Ring]:
        """Give lines and rings."""
        yield from self.lines
        for polygon in self.polygons:
            yield from polygon

    @property
    def edges(self) -> Iterator[tuple[Point, Point]]:
        """Give all edges."""
        for chain in self.chains:
            yield from pairwise(chain)

    @property
    def nodes(self) -> Iterator[Point]:
        """Give all points that the shape is made of."""
        yield from self.points
        for chain in self.chains:
            yield from chain


def read_geojson(value: Any) -> Geometry | None:
    """Read a GeoJSON geometry or feature; None where it is none, or has no place."""
    while isinstance(value, Mapping) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, Mapping):
        return None
    kind, coordinates = str(value.get("type")), value.get("coordinates")
    try:
        return build(kind.upper().removeprefix("MULTI"), coordinates, kind.startswith("Multi"))
    except (ShapeError, TypeError, ValueError, IndexError):
        return None


def read_text(text: str) -> Geometry:
    """Read well-known text.

    >>> read_text("LINESTRING(0 0, 3 4)").lines
    (((0.0, 0.0), (3.0, 4.0)),)

    Raises
    ------
    ShapeError
        It is none, or of a kind that is not supported.
    """
    match = _TAGGED.fullmatch(text.strip().upper())
    if match is None:
        raise ShapeError(f"{text[:60]!r} is no POINT, LINESTRING or POLYGON, nor MULTI of them")
    is_many, kind, body = bool(match[1]), match[2], match[3]
    listed = nested(body)
    if kind == "POINT" and not is_many:
        listed = listed[0] if len(listed) == 1 else []
    if kind == "POINT" and is_many:
        listed = [one[0] if one and isinstance(one[0], list) else one for one in listed]
    try:
        return build(kind, listed, is_many)
    except (TypeError, IndexError) as error:
        raise ShapeError(f"{text[:60]!r} has a position that is none") from error


def nested(text: str) -> Any:
    """Read lists within parentheses, whose items are lists or positions. Raises ShapeError."""
    text = text.strip()
    if not text.startswith("("):
        return [float(number) for number in _NUMBER.findall(text)]
    depth, start, items = 0, 1, []
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if (character == "," and depth == 1) or (character == ")" and depth == 0):
            items.append(nested(text[start:index]))
            start = index + 1
        if depth > 3:
            break
    if depth != 0:
        raise ShapeError("a parenthesis is never closed")
    return items


def build(kind: str, coordinates: Any, is_many: bool) -> Geometry:
    """Make a shape of nested coordinates. Raises ShapeError."""
    many = coordinates if is_many else [coordinates]
    match kind:
        case "POINT":
            shape = Geometry(points=tuple(position(one) for one in many))
        case "LINESTRING":
            shape = Geometry(lines=tuple(chain(one, 2) for one in many))
        case "POLYGON":
            shape = Geometry(polygons=tuple(tuple(chain(ring, 4) for ring in one) for one in many))
        case _:
            raise ShapeError(f"{kind[:30]} is not supported")
    n_points = sum(1 for _ in shape.nodes)
    if not 0 < n_points <= MOST_POINTS:
        raise ShapeError(f"a shape has from 1 to {MOST_POINTS} points, not {n_points}")
    return shape


def position(value: Sequence[Any]) -> Point:
    """Read a position; a height is left out. Raises ShapeError."""
    east, north = float(value[0]), float(value[1])
    if not (math.isfinite(east) and math.isfinite(north)):
        raise ShapeError("a position is two numbers")
    return east, north


def chain(value: Sequence[Any], fewest: int) -> Ring:
    """Read the positions of a line or ring, without repetitions. Raises ShapeError."""
    points = [position(one) for one in value]
    if len(points) < fewest or (fewest == 4 and points[0] != points[-1]):
        raise ShapeError("a line has two positions or more, a ring four and ends where it begins")
    return tuple(point for index, point in enumerate(points) if index == 0 or point != points[index - 1])


def length(shape: Geometry) -> float:
    """Give the length of the lines [degree]."""
    return sum(math.dist(*edge) for line in shape.lines for edge in pairwise(line))


def distance(first: Geometry, second: Geometry) -> float:
    """Give the shortest distance [degree]; 0 where they meet."""
    if any(where(point, second) != EXTERIOR for point in first.nodes) or any(
        where(point, first) != EXTERIOR for point in second.nodes
    ):
        return 0.0
    if any(crossings(one, other) for one in first.edges for other in second.edges):
        return 0.0
    return min(
        min((to_shape(point, second) for point in first.nodes), default=math.inf),
        min((to_shape(point, first) for point in second.nodes), default=math.inf),
    )


def to_shape(point: Point, shape: Geometry) -> float:
    """Give the distance of a point to the points and edges of a shape [degree]."""
    return min(
        min((math.dist(point, one) for one in shape.points), default=math.inf),
        min((to_edge(point, edge) for edge in shape.edges), default=math.inf),
    )


def to_edge(point: Point, edge: tuple[Point, Point]) -> float:
    """Give the distance of a point to an edge [degree]."""
    (ax, ay), (bx, by) = edge
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    share = 0.0 if square == 0 else max(0.0, min(1.0, ((point[0] - ax) * dx + (point[1] - ay) * dy) / square))
    return math.dist(point, (ax + share * dx, ay + share * dy))


def where(point: Point, shape: Geometry) -> int:
    """Say whether a point lies in the interior, on the boundary, or in the exterior of a shape."""
    found = EXTERIOR
    for polygon in shape.polygons:
        found = min(found, where_in_polygon(point, polygon))
    if any(math.dist(point, one) <= ON for one in shape.points):
        return INTERIOR
    if any(to_edge(point, edge) <= ON for line in shape.lines for edge in pairwise(line)):
        ends = [line[index] for line in shape.lines if line[0] != line[-1] for index in (0, -1)]
        n_ends = sum(1 for end in ends if math.dist(point, end) <= ON)
        return BOUNDARY if n_ends % 2 and found != INTERIOR else INTERIOR
    return found


def where_in_polygon(point: Point, polygon: Sequence[Ring]) -> int:
    """Say the same of one polygon."""
    is_inside = False
    for ring in polygon:
        for edge in pairwise(ring):
            if to_edge(point, edge) <= ON:
                return BOUNDARY
            (ax, ay), (bx, by) = edge
            if (ay > point[1]) != (by > point[1]) and point[0] < (bx - ax) * (point[1] - ay) / (by - ay) + ax:
                is_inside = not is_inside
    return INTERIOR if is_inside else EXTERIOR


def crossings(first: tuple[Point, Point], second: tuple[Point, Point]) -> list[Point]:
    """Give where two edges meet: nowhere, in a point, or at the ends of what they share."""
    (ax, ay), (bx, by) = first
    (cx, cy), (dx, dy) = second
    found = [end for end in first if to_edge(end, second) <= ON] + [end for end in second if to_edge(end, first) <= ON]
    turn = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    if turn == 0:
        return found
    along = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / turn
    across = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / turn
    if 0 <= along <= 1 and 0 <= across <= 1:
        found.append((ax + along * (bx - ax), ay + along * (by - ay)))
    return found


def relate(first: Geometry, second: Geometry) -> str:
    """Give the matrix of two shapes, row by row: `F` or the dimension in which they meet.

    >>> relate(read_text("POINT(1 1)"), read_text("POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))"))
    '0FFFFF212'
    """
    cells = [-1] * 8 + [2]
    for point, dimension in witnesses(first, second):
        cell = 3 * where(point, first) + where(point, second)
        cells[cell] = max(cells[cell], dimension)
    return "".join("F" if cell < 0 else str(cell) for cell in cells)


def witnesses(first: Geometry, second: Geometry) -> Iterator[tuple[Point, int]]:
    """Give a point of each node, of each edge between nodes, and beside each edge, with its dimension."""
    edges = [*first.edges, *second.edges]
    nodes = [*first.nodes, *second.nodes]
    for node in nodes:
        yield node, 0
    for edge in edges:
        cuts = {edge[0], edge[1], *(node for node in nodes if to_edge(node, edge) <= ON)}
        for other in edges:
            cuts.update(crossings(edge, other))
        along = sorted(cuts, key=lambda cut: math.dist(edge[0], cut))
        for cut in along:
            yield cut, 0
        for (ax, ay), (bx, by) in pairwise(along):
            size = math.hypot(bx - ax, by - ay)
            if size <= 4 * BESIDE:
                continue
            middle = ((ax + bx) / 2, (ay + by) / 2)
            yield middle, 1
            for side in (BESIDE, -BESIDE):
                yield (middle[0] - side * (by - ay) / size, middle[1] + side * (bx - ax) / size), 2


def is_related(name: str, first: Geometry, second: Geometry) -> bool:
    """Say whether two shapes lie as one of the functions without `st_` says."""
    if apart(first, second):
        return name == "disjoint"
    if first.dimension == 0 and len(first.points) == 1 and name in POINT_ONLY:
        return where(first.points[0], second) in POINT_ONLY[name]
    matrix = relate(first, second)
    return any(matches(matrix, pattern) for pattern in patterns(name, first.dimension, second.dimension))


def apart(first: Geometry, second: Geometry) -> bool:
    """Say whether even the boxes around two shapes are apart."""
    boxes = [
        (min(x for x, _ in nodes), max(x for x, _ in nodes), min(y for _, y in nodes), max(y for _, y in nodes))
        for nodes in (list(first.nodes), list(second.nodes))
    ]
    (w1, e1, s1, n1), (w2, e2, s2, n2) = boxes
    return w1 > e2 + ON or w2 > e1 + ON or s1 > n2 + ON or s2 > n1 + ON


POINT_ONLY: Mapping[str, tuple[int, ...]] = {
    "intersects": (INTERIOR, BOUNDARY),
    "within": (INTERIOR,),
    "touches": (BOUNDARY,),
    "disjoint": (EXTERIOR,),
}
PATTERNS: Mapping[str, tuple[str, ...]] = {
    "equals": ("T*F**FFF*",),
    "disjoint": ("FF*FF****",),
    "intersects": ("T********", "*T*******", "***T*****", "****T****"),
    "touches": ("FT*******", "F**T*****", "F***T****"),
    "within": ("T*F**F***",),
    "contains": ("T*****FF*",),
}


def patterns(name: str, first: int, second: int) -> tuple[str, ...]:
    """Give the matrices of a relation, which for two of them hang on the dimensions of the shapes."""
    if name == "overlaps":
        return () if first != second else ("1*T***T**",) if first == 1 else ("T*T***T**",)
    if name == "crosses":
        if first == second:
            return ("0********",) if first == 1 else ()
        return ("T*T******",) if first < second else ("T*****T**",)
    return PATTERNS[name]


def matches(matrix: str, pattern: str) -> bool:
    """Say whether a matrix is as a pattern of `T`, `F`, `*` and dimensions says."""
    return all(
        wanted == "*" or (found != "F" if wanted == "T" else found == wanted)
        for found, wanted in zip(matrix, pattern, strict=True)
    )
