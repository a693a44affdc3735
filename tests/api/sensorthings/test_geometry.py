"""Shapes: matrices worked out by hand, and relations that must hold between them whatever the shapes."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from api.sensorthings.geometry import (
    Geometry,
    ShapeError,
    distance,
    is_related,
    length,
    matches,
    patterns,
    read_geojson,
    read_text,
    relate,
)

SQUARE = "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))"
HOLED = "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (4 4, 6 4, 6 6, 4 6, 4 4))"
NAMES = ["equals", "disjoint", "intersects", "touches", "within", "contains", "overlaps", "crosses"]


@pytest.mark.parametrize(
    ("first", "second", "matrix", "names"),
    [
        (SQUARE, SQUARE, "2FFF1FFF2", {"equals", "intersects", "within", "contains"}),
        (SQUARE, "POLYGON((1 1, 3 1, 3 3, 1 3, 1 1))", "212101212", {"intersects", "overlaps"}),
        ("POLYGON((0.5 0.5, 1 0.5, 1 1, 0.5 1, 0.5 0.5))", SQUARE, "2FF1FF212", {"intersects", "within"}),
        (SQUARE, "POLYGON((2 0, 4 0, 4 2, 2 2, 2 0))", "FF2F11212", {"intersects", "touches"}),
        (SQUARE, "POLYGON((5 5, 6 5, 6 6, 5 5))", "FF2FF1212", {"disjoint"}),
        ("POINT(1 1)", SQUARE, "0FFFFF212", {"intersects", "within"}),
        ("POINT(2 1)", SQUARE, "F0FFFF212", {"intersects", "touches"}),
        ("POINT(5 5)", HOLED, "FF0FFF212", {"disjoint"}),
        ("LINESTRING(-1 1, 3 1)", SQUARE, "101FF0212", {"intersects", "crosses"}),
        ("LINESTRING(0.5 1, 1.5 1)", SQUARE, "1FF0FF212", {"intersects", "within"}),
        ("LINESTRING(0 0, 1 1)", "LINESTRING(0 1, 1 0)", "0F1FF0102", {"intersects", "crosses"}),
        ("LINESTRING(0 0, 2 0)", "LINESTRING(1 0, 3 0)", "1010F0102", {"intersects", "overlaps"}),
        ("POINT(0 0)", "LINESTRING(0 0, 1 0)", "F0FFFF102", {"intersects", "touches"}),
        ("MULTIPOINT((1 1), (5 5))", SQUARE, "0F0FFF212", {"intersects", "crosses"}),
    ],
)
def test_relations_are_those_of_the_standard(first: str, second: str, matrix: str, names: set[str]) -> None:
    one, other = read_text(first), read_text(second)
    assert relate(one, other) == matrix
    assert {name for name in NAMES if is_related(name, one, other)} == names


coordinates = st.integers(0, 6).map(float)
points = st.tuples(coordinates, coordinates)


def triangles(corners: list[tuple[float, float]]) -> Geometry:
    """A polygon of three corners that are no line."""
    (ax, ay), (bx, by), (cx, cy) = corners
    assume((bx - ax) * (cy - ay) != (by - ay) * (cx - ax))
    return Geometry(polygons=(((*corners, corners[0]),),))


shapes = st.one_of(
    points.map(lambda point: Geometry(points=(point,))),
    st.lists(points, min_size=2, max_size=2, unique=True).map(lambda ends: Geometry(lines=(tuple(ends),))),
    st.lists(points, min_size=3, max_size=3, unique=True).map(triangles),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(shapes, shapes)
def test_relations_hang_together(first: Geometry, second: Geometry) -> None:
    """The matrix of the exchanged shapes is the transposed one; opposites exclude each other; distance 0 is meeting."""
    matrix = relate(first, second)
    assert relate(second, first) == "".join(matrix[row + 3 * column] for row in range(3) for column in range(3))
    for name in NAMES:
        wanted = any(matches(matrix, pattern) for pattern in patterns(name, first.dimension, second.dimension))
        assert is_related(name, first, second) is wanted
    assert is_related("disjoint", first, second) is not is_related("intersects", first, second)
    assert is_related("within", first, second) is is_related("contains", second, first)
    assert (distance(first, second) == 0) is is_related("intersects", first, second)
    assert math.isclose(distance(first, second), distance(second, first), abs_tol=1e-12)


def test_distances_and_lengths_are_in_degrees() -> None:
    assert math.isclose(distance(read_text("POINT(8 54.1)"), read_text("POINT(8 54)")), 0.1, rel_tol=1e-9)
    assert distance(read_text("POINT(5 5)"), read_text(HOLED)) == 1.0
    assert length(read_text("MULTILINESTRING((0 0, 3 4), (0 0, 0 1))")) == 6.0


@pytest.mark.parametrize(
    "text", ["", "POINT", "POINT()", "POINT(1)", "POLYGON((0 0, 1 1, 0 0))", "CIRCLE(1 1)", "POINT((1 1"]
)
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(ShapeError):
        read_text(text)


@pytest.mark.parametrize(
    "value", [None, 5, "POINT(1 1)", {"type": "Point"}, {"type": "Point", "coordinates": ["x", 1]}, {"type": "Feature"}]
)
def test_what_has_no_place_is_none(value: object) -> None:
    assert read_geojson(value) is None


def test_a_feature_has_the_place_of_its_geometry() -> None:
    point = {"type": "Point", "coordinates": [5, 47]}
    assert read_geojson({"type": "Feature", "geometry": point}) == read_text("POINT(5 47)")
