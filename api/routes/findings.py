"""`/v1/findings`: what is unusual or will fail, each with a sentence and its evidence."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Finding
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Id, LongId, Territory
from api.security import Reader
from store.listing import list_findings

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)


@router.get("/findings", response_model=Page[Finding])
async def findings(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    asset_id: Id = None,
    incident_id: LongId = None,
    state: Literal["open", "closed", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List findings, the latest first."""
    filters = {"territory": territory, "asset_id": asset_id, "incident_id": incident_id, "state": state}
    rows = await list_findings(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["finding_id"])
