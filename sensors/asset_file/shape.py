"""The one point that stands for a shape: where a sign would be put on the map.

A point is itself; of several points, of a line and of lines the point half way along; of a polygon the centroid of its
outer ring, or, where that lies outside, the vertex nearest to it; of several polygons that of the largest.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import dist

Point = tuple[float, float]
LEAST_RING = 3


def middle_of_points(points: Sequence[Point]) -> Point:
    """Give the mean of points. Raises ValueError where there are none."""
    if not points:
        raise ValueError("the geometry is empty")
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def middle_of_line(line: Sequence[Point]) -> Point:
    """Give the point half way along a line. Raises ValueError where it is empty."""
    if not line:
        raise ValueError("the geometry is empty")
    lengths = [dist(a, b) for a, b in pairwise(line)]
    left = sum(lengths) / 2
    for (a, b), length in zip(pairwise(line), lengths, strict=True):
        if length >= left > 0:
            share = left / length
            return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
        left -= length
    return line[0]


def middle_of_lines(lines: Sequence[Sequence[Point]]) -> Point:
    """Give the point half way along the longest of several lines."""
    filled = [line for line in lines if line]
    if not filled:
        raise ValueError("the geometry is empty")
    return middle_of_line(max(filled, key=lambda line: sum(dist(a, b) for a, b in pairwise(line))))


def middle_of_polygon(rings: Sequence[Sequence[Point]]) -> Point:
    """Give the centroid of the outer ring, or the vertex nearest to it where it lies outside."""
    if not rings or len(rings[0]) < LEAST_RING:
        raise ValueError("the geometry is empty")
    ring = rings[0]
    area, centroid = area_and_centroid(ring)
    if area == 0:
        return middle_of_line(ring)
    return centroid if is_inside(centroid, ring) else min(ring, key=lambda vertex: dist(vertex, centroid))


def middle_of_polygons(polygons: Sequence[Sequence[Sequence[Point]]]) -> Point:
    """Give the point of the largest of several polygons."""
    filled = [rings for rings in polygons if rings and len(rings[0]) >= LEAST_RING]
    if not filled:
        raise ValueError("the geometry is empty")
    return middle_of_polygon(max(filled, key=lambda rings: abs(area_and_centroid(rings[0])[0])))


def area_and_centroid(ring: Sequence[Point]) -> tuple[float, Point]:
    """Give the signed area and the centroid of a ring, by the shoelace formula about its first vertex."""
    x0, y0 = ring[0]
    shifted = [(x - x0, y - y0) for x, y in ring]
    area = cx = cy = 0.0
    for (ax, ay), (bx, by) in zip(shifted, [*shifted[1:], shifted[0]], strict=True):
        cross = ax * by - bx * ay
        area += cross / 2
        cx += (ax + bx) * cross
        cy += (ay + by) * cross
    if area == 0:
        return 0.0, (x0, y0)
    return area, (x0 + cx / (6 * area), y0 + cy / (6 * area))


def is_inside(point: Point, ring: Sequence[Point]) -> bool:
    """Say whether a point lies in a ring, by counting the edges east of it."""
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            crossings += 1
    return crossings % 2 == 1
