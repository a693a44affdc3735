"""`/v1/gaps` and `/v1/completeness`: what ought to have come and did not, and how much of each series came."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Completeness, Gap
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import From, Id, Territory, To, read_span
from api.security import Reader
from store.listing import list_completeness, list_gaps

router = APIRouter(prefix="/v1", tags=["quality"], responses=PROBLEMS)


@router.get("/gaps", response_model=Page[Gap])
async def gaps(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    device_id: Id = None,
    cause: Literal["device", "gateway", "broker", "platform", "unknown"] | None = None,
    state: Literal["open", "closed", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List gaps, those found last first, each with its cause and the evidence. Closed: filled by late messages."""
    filters = {"territory": territory, "device_id": device_id, "cause": cause, "state": state}
    rows = await list_gaps(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["gap_id"])


@router.get("/completeness", response_model=Page[Completeness])
async def completeness(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    device_id: Id = None,
    asset_id: Id = None,
    from_at: From = None,
    to: To = None,
    limit: Limit = 1_000,
    cursor: Cursor = None,
) -> Response:
    """Say of each measured series how much of it came, in the whole hours that begin in the span.

    The present hour is left out: it is computed when it has ended.
    """
    span = read_span(from_at or (to or datetime.now(UTC)) - timedelta(days=1), to, "hour")
    filters = {"territory": territory, "device_id": device_id, "asset_id": asset_id}
    rows = await list_completeness(reader, filters, span, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["series_id"])
