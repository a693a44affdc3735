"""`/v1/rejections` and `/v1/deliveries`: what was refused and why, and the account of what arrived."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Delivery, Rejection
from api.paging import Aware, Cursor, Limit, Number, Page, Slug, after_id, decode_cursor, page_response
from api.parameters import LATEST, Territory, Word
from api.security import Reader
from sensors.rejection import Reason
from store.listing import list_deliveries, list_rejections

router = APIRouter(prefix="/v1", tags=["quality"], responses=PROBLEMS)


@router.get("/rejections", response_model=Page[Rejection])
async def rejections(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    reason: Word = None,
    limit: Annotated[int, Query(ge=1, le=100, description="most items of a page: each carries its payload")] = 100,
    cursor: Cursor = None,
) -> Response:
    """List rejections, the latest first, each with a sentence a technician understands and the payload as it came."""
    filters = {"territory": territory, "reason": reason}
    rows = await list_rejections(reader, filters, after=after_id(cursor), n=limit + 1)
    for row in rows:
        row["sentence_fr"], row["sentence_en"] = sentences(row)
    return page_response(request, rows, limit, ["rejection_id"])


def sentences(row: dict[str, Any]) -> tuple[str, str]:
    """Say a rejection in French and in English; a reason that a newer ingest wrote goes by its own word."""
    try:
        known = Reason(row["reason"])
    except ValueError:
        return (f"{row['reason']} ({row['detail']})",) * 2
    said = {"device": row["device"] or "", "detail": row["detail"]}
    return known.sentence("fr", **said), known.sentence("en", **said)


@router.get("/deliveries", response_model=Page[Delivery])
async def deliveries(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    hours: Annotated[int, Query(ge=1, le=744, description="how many hours back")] = 24,
    limit: Limit = 10_000,
    cursor: Cursor = None,
) -> Response:
    """Give the ledger, the latest hour first: per device, values received, stored, duplicate, rejected."""
    after = decode_cursor(cursor, tuple[Aware, Slug, Number | None], (LATEST, "", 0))
    rows = await list_deliveries(reader, territory, hours=hours, after=after, n=limit + 1)
    return page_response(request, rows, limit, ["arrival_hour", "territory", "device_id"])
