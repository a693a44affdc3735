"""`/v1/clocks`: what is known of the devices' clocks, and the rules that correct their times."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Territory
from api.security import Reader
from store.clocks import list_device_clocks

router = APIRouter(prefix="/v1", tags=["quality"], responses=PROBLEMS)

Verdict = Literal["unknown", "ok", "late", "no_clock", "hour_off", "local_time", "ahead", "drift"]


class ClockRule(BaseModel):
    """What corrects the times of a device, by the time of its own clock; `to` null: until further notice."""

    rule_id: int
    state: Literal["proposed", "active", "declined"]
    shift_s: float | None = Field(description="added to the device's time [s]")
    time_zone: str | None = Field(description="the device writes this zone's time as if it were UTC")
    from_: datetime = Field(alias="from")
    to: datetime | None


class Clock(BaseModel):
    """What the delays of a device's messages say of its clock."""

    device_id: int
    territory: str
    external_id: str
    verdict: Verdict
    offset_s: float | None = Field(description="ahead of the arrivals (negative: behind, or the way is slow) [s]")
    spread_s: float | None
    drift_s_per_day: float | None
    since: datetime | None
    judged_at: datetime
    rules: list[ClockRule]


@router.get("/clocks", response_model=Page[Clock])
async def clocks(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    verdict: Verdict | None = None,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List the clocks of devices with the rules for them."""
    rows = await list_device_clocks(
        reader, {"territory": territory, "verdict": verdict}, after=after_id(cursor), n=limit + 1
    )
    return page_response(request, rows, limit, ["device_id"])
