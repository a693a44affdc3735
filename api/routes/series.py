"""`/v1/series`: what is measured, with its unit and newest value."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Series
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Id, Territory, Word
from api.security import Reader
from store.listing import list_series

router = APIRouter(prefix="/v1", tags=["measurements"], responses=PROBLEMS)


@router.get("/series", response_model=Page[Series])
async def series(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    asset_id: Id = None,
    device_id: Id = None,
    quantity: Word = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List series; with `asset_id`, those that tell about the asset at present."""
    filters = {"territory": territory, "asset_id": asset_id, "device_id": device_id, "quantity": quantity}
    rows = await list_series(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["series_id"])
