"""`/v1/alert-pauses`: what somebody muted at an alert, until when and why."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError
from api.faults import faults
from api.models import Severity
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import IdempotencyKey, Territory
from api.security import Reader, WriterKey
from api.thread import in_thread
from api.work_order_models import TEXT, Name
from store.alert_pauses import LONGEST_MIN, NewPause, PauseError, Scope, create_pause, end_pause, list_pauses
from store.connect import connect
from store.idempotency import KeyTakenError, once
from store.keys import Key
from store.reader import Row
from store.technician import NotThereError, actor

router = APIRouter(prefix="/v1", tags=["alerts"])

PauseId = Annotated[int, Path(ge=1, lt=2**63)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Field(pattern=TEXT)]


class PauseWish(BaseModel):
    """What is to be muted, for how long, and why."""

    model_config = ConfigDict(extra="forbid")

    alert_id: int = Field(ge=1, lt=2**63)
    scope: Scope = Field(description="the asset of the alert, or its kind in its territory and those below")
    for_min: int = Field(ge=1, le=LONGEST_MIN, description="how long from now on [min]; seven days at most")
    reason: Reason
    who: Name | None = None


class AlertPause(BaseModel):
    """Until an instant nobody is told of an asset, or of a kind."""

    pause_id: int
    territory: str
    kind: str | None = Field(description="null: of an asset, whatever the kind")
    asset_id: int | None
    asset_name: str | None
    alert_id: int | None = Field(description="at which it was asked for")
    up_to: Severity = Field(description="what is worse is told all the same")
    until_at: datetime
    reason: str
    who: str
    created_at: datetime
    ended_at: datetime | None = Field(description="ended by somebody before its time")
    ended_by: str | None


@router.get("/alert-pauses", response_model=Page[AlertPause], responses=PROBLEMS)
async def pauses(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    state: Literal["open", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List what is muted by hand, the latest first; those of territories above those of the key are not shown."""
    filters = {"territory": territory, "state": state}
    rows = await list_pauses(reader, filters, datetime.now(UTC), after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["pause_id"])


@router.get("/alert-pauses/{pause_id}", response_model=AlertPause, responses=PROBLEMS)
async def pause(reader: Reader, pause_id: PauseId) -> Response:
    """Give one, also when it is over."""
    filters = {"pause_id": pause_id, "state": "all"}
    rows = await list_pauses(reader, filters, datetime.now(UTC), after=0, n=1)
    if not rows:
        raise ProblemError(404, f"there is no pause {pause_id} that this key may see")
    return json_response(rows[0])


@router.post("/alert-pauses", response_model=AlertPause, responses=WRITE_PROBLEMS)
async def begin(request: Request, key: WriterKey, wish: PauseWish, idempotency_key: IdempotencyKey = None) -> Response:
    """Tell nobody of an alert's asset or kind for some time; needs the scope `write`.

    What waits is sent at the end, unless it is over or acknowledged by then; what becomes worse is told at once. Kinds
    that people's safety hangs on are refused (409), and so is the asset of an alert that is about none or several.
    """
    new = NewPause(wish.alert_id, wish.scope, wish.for_min, wish.reason, wish.who or key.name)
    try:
        written = await in_thread(do, request.app.state.database_url, new, key, idempotency_key)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    except PauseError as error:
        raise ProblemError(409, str(error), members=faults(error.sentence_fr, str(error))) from error
    except KeyTakenError as error:
        raise ProblemError(422, str(error)) from error
    return json_response(written)


def do(database_url: str, new: NewPause, key: Key, idempotency_key: str | None) -> Row:
    """Write it down on a connection of its own, once where it comes with a key for that."""
    with connect(database_url, program="api", statement_timeout_s=30.0) as connection:
        asked = ("pause", new.alert_id, new.scope, new.for_min, new.reason, new.who)
        return once(
            connection,
            (actor(key), idempotency_key),
            asked,
            lambda: create_pause(connection, new, actor(key), key.territory_ids),
        )


@router.delete("/alert-pauses/{pause_id}", status_code=204, response_model=None, responses=PROBLEMS)
async def end(request: Request, key: WriterKey, pause_id: PauseId) -> Response:
    """End a pause: what waits is sent within a minute; needs the scope `write`. One that is over stays as it is."""

    def work() -> None:
        with connect(request.app.state.database_url, program="api", autocommit=True) as connection:
            end_pause(connection, pause_id, actor(key), key.territory_ids)

    try:
        await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    return Response(status_code=204)
