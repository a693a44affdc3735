"""`/v1/territories`: the tenants that the key sees."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Territory
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.security import Reader
from store.listing import list_territories

router = APIRouter(prefix="/v1", tags=["who and what"], responses=PROBLEMS)


@router.get("/territories", response_model=Page[Territory])
async def territories(request: Request, reader: Reader, limit: Limit = 1000, cursor: Cursor = None) -> Response:
    """List the territories of the key: those it names and all below them."""
    rows = await list_territories(reader, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["territory_id"])
