"""`/v1/citizen-reports`: faults that anybody may report where a territory takes them, and their list."""

from datetime import datetime
from math import ceil
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.allowance import Allowance
from api.errors import OPEN_PROBLEMS, PROBLEMS, ProblemError, describe_problem
from api.key_ring import KeyRing
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import Id, LongId, Territory
from api.security import Reader, find_asker
from api.thread import in_thread
from sensors.citizen import Kind
from sensors.language import Language
from store.citizen_reports import CitizenReport, Desk, find_desk, find_state, list_reports, take_report
from store.connect import connect
from store.reader import Row
from store.technician import NotThereError, actor

router = APIRouter(prefix="/v1", tags=["work"])

Slug = Annotated[str, Path(pattern="^[a-z0-9-]{1,63}$")]
Reference = Annotated[str, Path(pattern="^[2-9A-HJ-NP-Z]{10}$", examples=["7KQ2M9XWPA"])]
TEXT = "^[^\\x00-\\x08\\x0b-\\x1f]*$"
TAKING: dict[int | str, dict[str, object]] = {
    **OPEN_PROBLEMS,
    **{status: describe_problem(status) for status in (401, 403, 429)},
}
NOWHERE = "this territory takes no reports without a key; a key with the scope `write` may send them"
ANYBODY = "citizen report"
ShownState = Literal["open", "assigned", "planned", "started", "closed"]


class ReportWish(BaseModel):
    """What somebody tells of the street; one of asset, place and position says where."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="lamp, container, leak (of water) or other")
    asset: Annotated[str, Field(pattern=TEXT, max_length=100)] = Field("", description="number or name written on it")
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    place: Annotated[str, Field(pattern=TEXT, max_length=200)] = Field("", description="address or landmark")
    note: Annotated[str, Field(pattern=TEXT, max_length=500)] = Field(
        "", description="what is to be seen; addresses of mail and numbers of telephones are taken out"
    )
    language: Language = "fr"


class ReportState(BaseModel):
    """What the sender of a report may know of it; whoever has the reference may ask."""

    reference: str = Field(examples=["7KQ2M9XWPA"])
    kind: Kind
    reported_at: datetime
    asset_name: str | None = Field(description="of the asset that was found to be meant")
    state: ShownState = Field(description="of the work order that it belongs to")
    closed_at: datetime | None


class ListedReport(BaseModel):
    """A report as technicians see it; nothing is kept of who made it."""

    citizen_report_id: int
    territory: str
    reference: str = Field(examples=["7KQ2M9XWPA"])
    kind: Kind
    longitude: float | None
    latitude: float | None
    asset_id: int | None
    asset: str | None
    asset_name: str | None
    asset_distance_m: float | None = Field(description="from the place told; null: named, or none was found")
    place: str
    note: str
    language: Language
    reported_at: datetime
    work_order_id: int | None
    state: Literal["open", "assigned", "planned", "started", "closed", "cancelled"]
    closed_at: datetime | None


@router.post("/citizen-reports/{territory}", status_code=201, response_model=ReportState, responses=TAKING)
async def report(request: Request, territory: Slug, wish: ReportWish) -> Response:
    """Report a fault; needs no key where the territory takes reports from anybody, at a small rate.

    It is tied to the asset named, else to the nearest of its kind; a work order is opened, or the open one is added to.
    """
    sender = await admit(request, territory)
    if not (wish.asset.strip() or wish.place.strip() or None not in (wish.latitude, wish.longitude)):
        raise ProblemError(422, "say where: give asset, place, or longitude and latitude")
    if (wish.latitude is None) != (wish.longitude is None):
        raise ProblemError(422, "longitude, latitude: give both or neither")
    row = await take(request, territory, CitizenReport(**wish.model_dump()), sender)
    answer = json_response(row)
    answer.status_code = 201
    return answer


@router.get("/citizen-reports/{territory}/{reference}", response_model=ReportState, responses=OPEN_PROBLEMS)
async def report_state(request: Request, territory: Slug, reference: Reference) -> Response:
    """Say how far a report is. Needs no key: the reference is known to its sender only."""
    row = await find_state(request.app.state.pool, territory, reference)
    if row is None:
        raise ProblemError(404, "no report bears this reference here")
    return json_response(row)


@router.get("/citizen-reports", response_model=Page[ListedReport], responses=PROBLEMS)
async def reports(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    kind: Annotated[Kind | None, Query()] = None,
    asset_id: Id = None,
    work_order_id: LongId = None,
    state: Annotated[Literal["open", "closed", "all"], Query(description="closed: its work order is done")] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List reports, the newest first."""
    filters = {
        "territory": territory,
        "kind": kind,
        "asset_id": asset_id,
        "work_order_id": work_order_id,
        "state": state,
    }
    rows = await list_reports(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["citizen_report_id"])


async def admit(request: Request, territory: str) -> str:
    """Say who reports: a key that may write there, or anybody, where that is taken and not too often.

    Raises
    ------
    ProblemError
        401 for a key that is not valid, 403 for one that may not write, 404 where nothing is taken, 429 too often.
    """
    key = await find_asker(request)
    if key is not None:
        if "write" not in key.scopes:
            raise ProblemError(403, "this key may not change anything; leave it out")
        ring: KeyRing = request.app.state.key_ring
        if territory not in await ring.find_territories(key):
            raise ProblemError(404, f"there is no territory {territory!r} for this key")
        return actor(key)
    await require_desk(request, territory)
    if wait_s := wait_of(request, territory):
        raise ProblemError(429, f"too many reports: try again in {wait_s} s", {"Retry-After": str(wait_s)})
    return ANYBODY


async def require_desk(request: Request, territory: str) -> Desk:
    """Give the desk of a territory that takes reports from anybody, else end the request with 404."""
    desk = await find_desk(request.app.state.pool, territory)
    if desk is None or not desk.is_open:
        raise ProblemError(404, NOWHERE)
    return desk


def wait_of(request: Request, territory: str) -> int:
    """Count a report from an address of the network, and for a territory; give the seconds to wait, 0 if none.

    Addresses are held in memory for as long as the allowance needs, and never written down.
    """
    allowances: tuple[Allowance, Allowance] = request.app.state.citizen_allowances
    host = request.client.host if request.client else ""
    return ceil(allowances[0].take(host) or allowances[1].take(territory))


async def take(request: Request, territory: str, told: CitizenReport, sender: str) -> Row:
    """Write it down on a connection of its own. Raises ProblemError where the territory is gone."""

    def work() -> Row:
        with connect(request.app.state.database_url, program="api", statement_timeout_s=30.0) as connection:
            return take_report(connection, territory, told, sender)

    try:
        return await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
