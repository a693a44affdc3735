"""Where: `georel`, `geometry`, `coordinates`, read and looked at for entities."""

import math
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from api.ngsi.context import Context
from api.ngsi.drafts import GEOMETRIES
from api.ngsi.entity import Entity
from api.ngsi.refusal import bad
from api.sensorthings.geometry import EXTERIOR, Geometry, Point, is_related, read_geojson, where

EARTH_M = 6_371_008.8  # mean radius (IUGG)
RELATIONS = frozenset({"within", "contains", "intersects", "equals", "disjoint", "overlaps"})
LONGEST = 60_000
_NEAR = re.compile(r"near;\s*(maxDistance|minDistance)\s*==\s*(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A relation with a shape. `distance_m` with `near` only, at most or, with `is_least`, at least."""

    relation: str
    shape: Geometry
    property: str
    distance_m: float = 0.0
    is_least: bool = False

    def holds(self, entity: Entity) -> bool:
        """Say whether an entity lies so."""
        for instance in entity.attributes.get(self.property, []):
            shape = read_geojson(instance.get("value")) if instance["type"] == "GeoProperty" else None
            if shape is not None and self.fits(shape):
                return True
        return False

    def fits(self, shape: Geometry) -> bool:
        """Say whether a shape lies so."""
        if self.relation == "near":
            distance_m = distance(shape, self.shape)
            return distance_m >= self.distance_m if self.is_least else distance_m <= self.distance_m
        return is_related(self.relation, shape, self.shape)


def read_place(georel: str, geometry: Any, coordinates: Any, name: str, context: Context) -> Place:
    """Read a question for places. `coordinates` is JSON, or a text of it. Raises ProblemError."""
    if isinstance(coordinates, str):
        if len(coordinates) > LONGEST:
            raise bad(f"coordinates has at most {LONGEST} characters")
        try:
            coordinates = msgspec.json.decode(coordinates)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise bad("coordinates is a list of numbers in JSON, such as [5.04,47.32]") from error
    if geometry not in GEOMETRIES:
        raise bad(f"geometry is one of {', '.join(sorted(GEOMETRIES))}")
    shape = read_geojson({"type": geometry, "coordinates": coordinates})
    if shape is None or not any(True for _ in shape.nodes):
        raise bad(f"coordinates are not those of a {geometry}")
    near = _NEAR.fullmatch(georel)
    if near is not None:
        return Place("near", shape, context.expand(name), float(near[2]), near[1] == "minDistance")
    if georel not in RELATIONS:
        raise bad(f"georel is near;maxDistance==500 or one of {', '.join(sorted(RELATIONS))}, not {georel[:60]!r}")
    return Place(georel, shape, context.expand(name))


def distance(one: Geometry, other: Geometry) -> float:
    """Give how far apart two shapes are [m], on a sphere; lines between nodes are taken as straight on a map."""
    if not (one.lines or one.polygons or other.lines or other.polygons):
        return min(between(here, there) for here in one.points for there in other.points)
    found = math.inf
    for first, second in ((one, other), (other, one)):
        for node in first.nodes:
            if where(node, second) != EXTERIOR:
                return 0.0
            ends = [along(node, edge[0], edge[1]) for edge in second.edges] + list(second.points)
            found = min([found, *(between(node, end) for end in ends)])
    return found


def along(point: Point, start: Point, end: Point) -> Point:
    """Give the point of an edge that is nearest, east-west shortened by the latitude."""
    scale = math.cos(math.radians(point[1]))
    dx, dy = (end[0] - start[0]) * scale, end[1] - start[1]
    px, py = (point[0] - start[0]) * scale, point[1] - start[1]
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else min(max((px * dx + py * dy) / length, 0.0), 1.0)
    return (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))


def between(one: Point, other: Point) -> float:
    """Give the distance of two points [m] by the haversine formula."""
    east, north = math.radians(other[0] - one[0]), math.radians(other[1] - one[1])
    part = math.sin(north / 2) ** 2
    part += math.cos(math.radians(one[1])) * math.cos(math.radians(other[1])) * math.sin(east / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(part)))
