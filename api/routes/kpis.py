"""`/v1/kpis` with a key, `/v1/public/kpis` without: figures with their proof."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.errors import OPEN_PROBLEMS, PROBLEMS
from api.models import Kpi, PublicKpi
from api.paging import Aware, Cursor, Limit, Page, Slug, Text, after_id, decode_cursor, page_response
from api.parameters import EARLIEST, Id, Territory, Word
from api.security import PublicReader, Reader
from sensors.kpi import kpi_name
from store.listing import list_kpis, list_public_kpis

router = APIRouter(prefix="/v1", tags=["results"])


@router.get("/kpis", response_model=Page[Kpi], responses=PROBLEMS)
async def kpis(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    asset_id: Id = None,
    kpi: Word = None,
    scope: Literal["territory", "asset", "all"] = "territory",
    history: Annotated[bool, Query(description="also the values that were replaced")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List KPI values, the latest first. A value that was restated names the one it replaces, and why."""
    filters = {
        "territory": territory,
        "asset_id": asset_id,
        "kpi": kpi,
        "scope": "all" if asset_id is not None else scope,
        "history": history,
    }
    rows = await list_kpis(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, named(rows), limit, ["kpi_value_id"])


@router.get("/public/kpis", response_model=Page[PublicKpi], responses=OPEN_PROBLEMS)
async def public_kpis(
    request: Request, reader: PublicReader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List the newest values of the KPIs that territories have published. Needs no key."""
    after = decode_cursor(cursor, tuple[Slug, Text, Aware, Aware], ("", "", EARLIEST, EARLIEST))
    rows = await list_public_kpis(reader, territory, after=after, n=limit + 1)
    return page_response(request, named(rows), limit, ["territory", "kpi", "from", "to"])


def named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the KPIs' names in both languages."""
    for row in rows:
        name = kpi_name(row["kpi"])
        row["name_fr"], row["name_en"] = name.name_fr, name.name_en
    return rows
