"""Where: a bounding box, a circle or a polygon in WGS 84 degrees; and tags, the attributes of assets."""

from math import isfinite
from typing import Annotated

from fastapi import Query

from api.errors import ProblemError

MOST_CORNERS = 200
MOST_TAGS = 10
FARTHEST_M = 1_000_000.0
BBox = Annotated[
    str | None,
    Query(description="west,south,east,north in WGS 84 degrees", examples=["5.0,47.4,5.2,47.6"], max_length=100),
]
Near = Annotated[
    str | None,
    Query(description="longitude,latitude of the middle of a circle", examples=["5.1,47.5"], max_length=60),
]
Within = Annotated[float, Query(gt=0, le=FARTHEST_M, description="radius of the circle around `near` [m]")]
Polygon = Annotated[
    str | None,
    Query(
        description="corners of a polygon: longitude,latitude;longitude,latitude;... (3 to 200)",
        examples=["5.0,47.4;5.2,47.4;5.1,47.6"],
        max_length=8000,
    ),
]
Tags = Annotated[
    list[Annotated[str, Query(max_length=300)]] | None,
    Query(alias="tag", max_length=MOST_TAGS, description="attribute:value of the asset", examples=[["zone:centre"]]),
]
Filters = dict[str, float | str | None]


def read_place(bbox: str | None, near: str | None, within_m: float, polygon: str | None) -> Filters:
    """Give the filters that the store takes for places.

    Raises
    ------
    ProblemError
        422 where a place cannot be read; the detail says how to write it.
    """
    west, south, east, north = read_bbox(bbox)
    longitude, latitude = read_position("near", near) if near is not None else (None, None)
    return {
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "near_longitude": longitude,
        "near_latitude": latitude,
        "within_m": within_m if near is not None else None,
        "polygon": read_polygon(polygon),
    }


def read_bbox(text: str | None) -> tuple[float | None, float | None, float | None, float | None]:
    """Read `west,south,east,north`.

    Raises
    ------
    ProblemError
        422 where it is not four numbers in that order.
    """
    if text is None:
        return None, None, None, None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ProblemError(422, "bbox: give west,south,east,north as four numbers") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ProblemError(422, "bbox: west must not exceed east, nor south north, within -180..180 and -90..90")
    return west, south, east, north


def read_position(name: str, text: str) -> tuple[float, float]:
    """Read `longitude,latitude`. Raises ProblemError."""
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ProblemError(422, f"{name}: give longitude,latitude as two numbers") from error
    if not (isfinite(longitude) and -180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ProblemError(422, f"{name}: longitude lies within -180..180, latitude within -90..90")
    return longitude, latitude


def read_polygon(text: str | None) -> str | None:
    """Read corners and write them as PostgreSQL does. Raises ProblemError."""
    if text is None:
        return None
    corners = [read_position("polygon", part) for part in text.strip(";").split(";")]
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise ProblemError(422, f"polygon: give 3 to {MOST_CORNERS} corners as longitude,latitude;longitude,latitude")
    return "(" + ",".join(f"({longitude!r},{latitude!r})" for longitude, latitude in corners) + ")"


def read_tags(tags: list[str] | None) -> dict[str, str]:
    """Read `attribute:value`. Raises ProblemError."""
    found: dict[str, str] = {}
    for tag in tags or ():
        name, colon, value = tag.partition(":")
        if not name or not colon or "\x00" in tag:
            raise ProblemError(422, "tag: give attribute:value, such as tag=zone:centre")
        found[name] = value
    return found
