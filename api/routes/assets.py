"""`/v1/assets`: the things looked after, as a list or as GeoJSON."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.errors import PROBLEMS, ProblemError
from api.models import Asset
from api.paging import Cursor, Limit, Page, after_id, json_response, next_cursor, next_link, page_response
from api.parameters import Territory, Word
from api.security import Reader
from sensors.types import find_asset_type
from store.listing import list_assets

router = APIRouter(prefix="/v1", tags=["who and what"], responses=PROBLEMS)

BBox = Annotated[
    str | None,
    Query(description="west,south,east,north in WGS 84 degrees", examples=["5.0,47.4,5.2,47.6"], max_length=100),
]


GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/geo+json": {"schema": {"type": "object", "required": ["type", "features", "next"]}}}}
}


@router.get("/assets", response_model=Page[Asset], responses=GEOJSON)
async def assets(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    type: Word = None,  # noqa: A002  # the field's name in the API
    bbox: BBox = None,
    format: Literal["json", "geojson"] = "json",  # noqa: A002  # the same
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List assets with the number and worst severity of their open findings and the instant of their newest value.

    With `format=geojson` a FeatureCollection (RFC 7946), whose member `next` and link lead to the next page.
    """
    west, south, east, north = read_bbox(bbox)
    filters = {"territory": territory, "type": type, "west": west, "south": south, "east": east, "north": north}
    rows = await list_assets(reader, filters, after=after_id(cursor), n=limit + 1)
    for row in rows:
        kind = find_asset_type(row["type"])
        row["type_name_fr"], row["type_name_en"] = (kind.name_fr, kind.name_en) if kind else (row["type"], row["type"])
    if format == "geojson":
        following = next_cursor(rows, limit, ["asset_id"])
        body = {**feature_collection(rows[:limit]), "next": following}
        return json_response(body, next_link(request, following), "application/geo+json")
    return page_response(request, rows, limit, ["asset_id"])


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


def feature_collection(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Write assets as GeoJSON (RFC 7946); an asset without position has a null geometry."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["asset_id"],
                "geometry": None
                if row["longitude"] is None or row["latitude"] is None
                else {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
                "properties": {key: value for key, value in row.items() if key not in ("longitude", "latitude")},
            }
            for row in rows
        ],
    }
