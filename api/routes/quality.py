"""`/v1/rejections` and `/v1/deliveries`: what was refused and why, and the account of what arrived."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Delivery, Rejection, RejectionCause, Replay
from api.paging import Aware, Cursor, Limit, Number, Page, Slug, after_id, decode_cursor, page_response
from api.parameters import LATEST, Territory, Word
from api.security import Reader
from sensors.rejection import Reason
from sensors.stateful import why_not_again
from store.listing import list_causes, list_deliveries, list_rejections, list_replays

Device = Annotated[str | None, Query(max_length=200, pattern="^[^\\x00]*$", description="id as the device sends it")]

router = APIRouter(prefix="/v1", tags=["quality"], responses=PROBLEMS)


@router.get("/rejections", response_model=Page[Rejection])
async def rejections(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    reason: Word = None,
    state: Annotated[Literal["open", "resolved", "all"], Query(description="open: not yet replayed")] = "all",
    limit: Annotated[int, Query(ge=1, le=100, description="most items of a page: each carries its payload")] = 100,
    cursor: Cursor = None,
) -> Response:
    """List rejections, the latest first, each with a sentence a technician understands and the payload as it came."""
    filters = {"territory": territory, "reason": reason, "state": state}
    rows = await list_rejections(reader, filters, after=after_id(cursor), n=limit + 1)
    for row in rows:
        row["sentence_fr"], row["sentence_en"] = sentences(row)
    return page_response(request, rows, limit, ["rejection_id"])


@router.get("/rejections/causes", response_model=Page[RejectionCause])
async def causes(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    reason: Word = None,
    device: Device = None,
    format: Word = None,  # noqa: A002  # the name of the parameter
) -> Response:
    """Group what is open by cause, the most frequent first, at most 1,000, each with its latest message as a sample."""
    filters = {"territory": territory, "reason": reason, "device": device, "format": format}
    rows = await list_causes(reader, filters)
    for row in rows:
        row["sentence_fr"], row["sentence_en"] = sentences(row)
        row["can_be_mended"] = can_be_mended(row["reason"])
        if row["can_be_mended"] and (why := why_not_again(row["format"], row["reason"])):
            row["sentence_fr"], row["sentence_en"] = f"{row['sentence_fr']} {why[0]}", f"{row['sentence_en']} {why[1]}"
            row["can_be_mended"] = False
    return page_response(request, rows, 1000, ["sample_id"])


def can_be_mended(reason: str) -> bool:
    """Say whether a replay can help; of a reason that a newer ingest wrote we do not know, so it may."""
    return reason not in set(Reason) or not Reason(reason).permanent


@router.get("/rejections/replays", response_model=Page[Replay])
async def replays(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List the replays that were asked for, the latest first, with what they did."""
    rows = await list_replays(reader, {"territory": territory}, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["request_id"])


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
