"""`/v1/calendars`: addresses from which calendars read work orders; who has one needs no key."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import OPEN_PROBLEMS, PROBLEMS, ProblemError
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.security import Reader, WriterKey
from api.thread import in_thread
from api.work_order_models import Name
from sensors.icalendar import Entry, write_calendar
from store.calendar_feeds import create_feed, find_feed, list_feeds, revoke_feed
from store.connect import connect
from store.reader import Row, limited
from store.technician import NotThereError, actor
from store.work_order_lists import list_for_calendar

router = APIRouter(prefix="/v1", tags=["work"])

Token = Annotated[str, Path(pattern="^cal_[A-Za-z0-9_-]{43}$")]
FeedId = Annotated[int, Path(ge=1, lt=2**31)]
ICALENDAR = {"description": "iCalendar (RFC 5545)", "content": {"text/calendar": {"schema": {"type": "string"}}}}


class FeedChoice(BaseModel):
    """Whose work orders a calendar is to show."""

    model_config = ConfigDict(extra="forbid")

    territory: Annotated[str, Field(pattern="^[a-z0-9-]{1,63}$")]
    technician: Name | None = Field(None, description="a person or team; left out: everybody")


class NewFeed(BaseModel):
    """The address, shown once."""

    feed_id: int
    path: str = Field(description="behind the address of this server; a secret")


class Feed(BaseModel):
    """An address that is in use; what it is cannot be read again."""

    feed_id: int
    territory: str
    technician: str | None
    created_at: datetime
    created_by: str


@router.post("/calendars", status_code=201, response_model=NewFeed, responses=PROBLEMS)
async def create(request: Request, key: WriterKey, choice: FeedChoice) -> Response:
    """Make an address for a calendar; needs the scope `write`. Whoever has it reads the work orders without a key."""

    def work() -> tuple[int, str]:
        with connect(request.app.state.database_url, program="api") as connection:
            return create_feed(connection, choice.territory, choice.technician, actor(key), key.territory_ids)

    try:
        feed_id, token = await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    answer = json_response({"feed_id": feed_id, "path": f"/v1/calendars/{token}.ics"})
    answer.status_code = 201
    return answer


@router.get("/calendars", response_model=Page[Feed], responses=PROBLEMS)
async def feeds(request: Request, reader: Reader, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """List the addresses that are in use, the newest first; what they are cannot be read again."""
    rows = await list_feeds(reader, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["feed_id"])


@router.delete("/calendars/{feed_id}", status_code=204, response_model=None, responses=PROBLEMS)
async def revoke(request: Request, key: WriterKey, feed_id: FeedId) -> Response:
    """Let an address lead nowhere from now on; needs the scope `write`."""

    def work() -> None:
        with connect(request.app.state.database_url, program="api") as connection:
            revoke_feed(connection, feed_id, actor(key), key.territory_ids)

    try:
        await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    return Response(status_code=204)


@router.get(
    "/calendars/{token}.ics", response_class=Response, responses={**OPEN_PROBLEMS, 200: ICALENDAR}, tags=["work"]
)
async def calendar(request: Request, token: Token) -> Response:
    """Give the work orders of an address for a calendar: the token in the address stands in for a key."""
    feed = await find_feed(request.app.state.pool, token)
    if feed is None:
        raise ProblemError(404, "this calendar does not exist, or its address was revoked")
    async with limited(request.app.state.pool, [feed.territory_id]) as reader:
        rows = await list_for_calendar(reader, feed.technician)
    name = " · ".join(text for text in ("Vigie", feed.territory_name, feed.technician) if text)
    return Response(write_calendar(name, map(entry_of, rows)), media_type="text/calendar; charset=utf-8")


def entry_of(row: Row) -> Entry:
    """Put a work order into the words of a calendar."""
    about = [row["sentence_fr"] if row["title"] else "", row["note"], row["technician"] or ""]
    return Entry(
        uid=f"{row['uid']}@vigie",
        sequence=row["version"],
        state=row["state"],
        severity=row["severity"],
        summary=row["title"] or row["sentence_fr"],
        description="\n".join(text for text in about if text),
        location=", ".join(text for text in (row["asset_name"], row["territory_name"]) if text),
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        planned_at=row["planned_at"],
        planned_min=row["planned_min"],
        closed_at=row["closed_at"],
        longitude=row["longitude"],
        latitude=row["latitude"],
    )
