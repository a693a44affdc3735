"""`/v1/incidents`: findings with one cause, one line each."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.errors import PROBLEMS, ProblemError
from api.models import Incident
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import Id, Territory, Word
from api.security import Reader
from store.listing import find_incident, list_incidents

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)


@router.get("/incidents", response_model=Page[Incident])
async def incidents(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    asset_id: Id = None,
    cause: Word = None,
    state: Literal["open", "closed", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List incidents, the latest first. Their findings: `/v1/findings?incident_id=…&state=all`."""
    filters = {"territory": territory, "asset_id": asset_id, "cause": cause, "state": state}
    rows = await list_incidents(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["incident_id"])


@router.get("/incidents/{incident_id}", response_model=Incident)
async def incident(reader: Reader, incident_id: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    """Give one incident; one whose findings turned out to have another cause leads to that incident."""
    row = await find_incident(reader, incident_id)
    if row is None:
        raise ProblemError(404, f"there is no incident {incident_id} that this key may see")
    return json_response(row)
