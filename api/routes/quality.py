"""`/v1/rejections` and `/v1/deliveries`: what was refused and why, and the account of what arrived."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Delivery, Rejection
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import Territory
from api.security import Reader
from sensors.rejection import Reason
from store.listing import list_deliveries, list_rejections

router = APIRouter(prefix="/v1", tags=["quality"], responses=PROBLEMS)


@router.get("/rejections", response_model=Page[Rejection])
async def rejections(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    reason: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List rejections, the latest first, each with a sentence a technician understands and the payload as it came."""
    filters = {"territory": territory, "reason": reason}
    rows = await list_rejections(reader, filters, after=after_id(cursor), n=limit + 1)
    for row in rows:
        known = Reason(row["reason"])
        said = {"device": row["device"] or "", "detail": row["detail"]}
        row["sentence_fr"], row["sentence_en"] = known.sentence("fr", **said), known.sentence("en", **said)
    return page_response(request, rows, limit, ["rejection_id"])


@router.get("/deliveries", response_model=Page[Delivery])
async def deliveries(
    reader: Reader,
    territory: Territory = None,
    hours: Annotated[int, Query(ge=1, le=744, description="how many hours back")] = 24,
    limit: Limit = 10_000,
) -> Response:
    """Give the ledger: per device and arrival hour, values received, stored, duplicate, rejected."""
    rows = await list_deliveries(reader, territory, hours=hours, n=limit)
    return json_response({"items": rows, "next": None})
