"""`/v1/assets`: the things looked after, as a list or as GeoJSON."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Asset
from api.paging import Cursor, Limit, Page, after_id, json_response, next_cursor, next_link, page_response
from api.parameters import Territory, Word
from api.place import BBox, Near, Polygon, Tags, Within, read_place, read_tags
from api.security import Reader
from sensors.types import find_asset_type
from store.listing import list_assets

router = APIRouter(prefix="/v1", tags=["who and what"], responses=PROBLEMS)

FEATURES: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features", "next"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
        "next": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "examples": [
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": 1204,
                    "geometry": {"type": "Point", "coordinates": [5.1036, 47.5254]},
                    "properties": {"asset_id": 1204, "territory": "val-de-tille", "type": "street_light"},
                }
            ],
            "next": "WzEyMDRd",
        }
    ],
}
GEOJSON: dict[int | str, dict[str, Any]] = {200: {"content": {"application/geo+json": {"schema": FEATURES}}}}


@router.get("/assets", response_model=Page[Asset], responses=GEOJSON)
async def assets(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    type: Word = None,  # noqa: A002  # the field's name in the API
    bbox: BBox = None,
    near: Near = None,
    within_m: Within = 1000.0,
    polygon: Polygon = None,
    tag: Tags = None,
    format: Literal["json", "geojson"] = "json",  # noqa: A002  # the same
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List assets with the number and worst severity of their open findings and the instant of their newest value.

    With `format=geojson` a FeatureCollection (RFC 7946), whose member `next` and link lead to the next page.
    """
    place = read_place(bbox, near, within_m, polygon)
    rows = await list_assets(
        reader, {"territory": territory, "type": type, **place}, read_tags(tag), after=after_id(cursor), n=limit + 1
    )
    for row in rows:
        kind = find_asset_type(row["type"])
        row["type_name_fr"], row["type_name_en"] = (kind.name_fr, kind.name_en) if kind else (row["type"], row["type"])
    if format == "geojson":
        following = next_cursor(rows, limit, ["asset_id"])
        body = {**feature_collection(rows[:limit]), "next": following}
        return json_response(body, next_link(request, following), "application/geo+json")
    return page_response(request, rows, limit, ["asset_id"])


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
