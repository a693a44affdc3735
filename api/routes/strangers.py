"""`/v1/devices/pending`, `/v1/devices/accept`, `/v1/devices/ignore`: devices that nobody registered."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS
from api.paging import Cursor, Page, after_id, json_response, next_cursor, next_link
from api.parameters import Territory
from api.security import Reader, WriterKey
from api.strangers import Stranger, describe_stranger
from store.strangers import list_strangers
from store.technician import accept_devices, changing, ignore_devices

router = APIRouter(prefix="/v1", tags=["quality"])

MOST_AT_ONCE = 1000


class DeviceIds(BaseModel):
    """Which devices; those that do not wait are passed over."""

    model_config = ConfigDict(extra="forbid")

    device_ids: list[Annotated[int, Field(ge=1, lt=2**31)]] = Field(min_length=1, max_length=MOST_AT_ONCE)


class AcceptedDevices(BaseModel):
    """The devices that were taken over, and the replays of what is kept of them: one a territory."""

    device_ids: list[int]
    request_ids: list[int]


class IgnoredDevices(BaseModel):
    """The devices that wait no more."""

    device_ids: list[int]


@router.get("/devices/pending", response_model=Page[Stranger], responses=PROBLEMS)
async def pending(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    ignored: Annotated[bool, Query(description="those that were ignored, instead of those that wait")] = False,
    limit: Annotated[int, Query(ge=1, le=100, description="most items of a page: each carries its sample")] = 100,
    cursor: Cursor = None,
) -> Response:
    """List devices that nobody registered, each with its latest message, decoded where the format alone suffices."""
    filters = {"territory": territory, "state": "ignored" if ignored else "pending"}
    rows = await list_strangers(reader, filters, after=after_id(cursor), n=limit + 1)
    following = next_cursor(rows, limit, ["device_id"])
    items = [describe_stranger(row) for row in rows[:limit]]
    return json_response({"items": items, "next": following}, next_link(request, following))


@router.post("/devices/accept", status_code=202, response_model=AcceptedDevices, responses=WRITE_PROBLEMS)
async def accept(request: Request, key: WriterKey, chosen: DeviceIds) -> Response:
    """Accept devices that wait or were ignored, and have their kept messages replayed; needs the scope `write`."""
    async with changing(request.app.state.pool) as connection:
        taken, request_ids = await accept_devices(connection, key, chosen.device_ids)
    answer = json_response({"device_ids": [found.device_id for found in taken], "request_ids": request_ids})
    answer.status_code = 202
    return answer


@router.post("/devices/ignore", response_model=IgnoredDevices, responses=WRITE_PROBLEMS)
async def ignore(request: Request, key: WriterKey, chosen: DeviceIds) -> Response:
    """Let devices wait no more: their messages stay refused and kept, and they can still be accepted.

    Needs the scope `write`.
    """
    async with changing(request.app.state.pool) as connection:
        taken = await ignore_devices(connection, key, chosen.device_ids)
    return json_response({"device_ids": [found.device_id for found in taken]})
