"""`/v1/devices`: the boxes that report."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.errors import PROBLEMS
from api.models import Device, DeviceState
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Territory
from api.security import Reader
from store.listing import list_devices

router = APIRouter(prefix="/v1", tags=["who and what"], responses=PROBLEMS)


@router.get("/devices", response_model=Page[Device])
async def devices(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    state: DeviceState | None = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List devices with the instant of their newest value, and whether they are heard."""
    rows = await list_devices(reader, {"territory": territory, "state": state}, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["device_id"])
