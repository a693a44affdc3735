"""`/v1/forecasts`: what quantities will be, with intervals; parking, fill levels and whatever else is forecast."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Cursor, Limit, Number, Page, Text, decode_cursor, page_response
from api.parameters import Id, Territory, Word
from api.security import Reader
from store.forecasts import list_forecasts

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)


class Forecast(BaseModel):
    """What a quantity of an asset will be, as of the newest value known; the interval holds it nine times in ten."""

    territory: str
    asset_id: int
    asset_name: str
    asset_type: str
    quantity: str
    unit: str
    lead_s: int = Field(description="how far ahead was asked for [s]")
    made_at: datetime = Field(description="instant of the newest value that the forecast knows")
    for_at: datetime
    value: float
    low: float
    high: float
    method: str
    method_version: str
    detail: dict[str, Any]


@router.get("/forecasts", response_model=Page[Forecast])
async def forecasts(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    asset_id: Id = None,
    type: Word = None,  # noqa: A002  # the field's name in the API
    quantity: Word = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List the newest forecast of each asset, quantity and lead."""
    after = decode_cursor(cursor, tuple[Number, Text, Number], (0, "", 0))
    filters = {"territory": territory, "asset_id": asset_id, "type": type, "quantity": quantity}
    rows = await list_forecasts(reader, filters, after=after, n=limit + 1)
    return page_response(request, rows, limit, ["asset_id", "quantity", "lead_s"])
