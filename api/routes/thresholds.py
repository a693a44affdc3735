"""`/v1/thresholds`, `/v1/alarm-loads`: how far a territory's verdicts and alarm budget have moved thresholds."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError
from api.paging import Cursor, Limit, Page, Slug, after_id, decode_cursor, json_response, page_response
from api.parameters import Territory
from api.security import Reader, WriterKey
from api.thread import in_thread
from store.connect import connect
from store.keys import Key
from store.technician import NotThereError, actor
from store.threshold import (
    LEAST_FACTOR,
    MOST_FACTOR,
    SafetyKindError,
    list_loads,
    list_thresholds,
    move_by_hand,
)

router = APIRouter(prefix="/v1", tags=["results"])

LAST_DAY = date(2200, 1, 1)
WORD = "^[a-z0-9_]{1,64}$"


class ThresholdChoice(BaseModel):
    """Which threshold, and where to. Without a factor it is given back to the daily rule."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[str, Field(pattern=WORD)] = Field(examples=["unusual_value"])
    asset_type: Annotated[str, Field(pattern="^[a-z0-9_]{0,64}$")] = Field("", description="empty: about no asset")
    factor: Annotated[float, Field(ge=LEAST_FACTOR, le=MOST_FACTOR, allow_inf_nan=False)] | None = Field(
        None, description="on the model's own threshold; above 1: fewer alarms"
    )


class Moved(BaseModel):
    """A threshold as it stands now."""

    threshold_id: int
    factor: float
    is_held: bool


class Threshold(BaseModel):
    """A move of a threshold: from which factor to which, why, by whom."""

    threshold_id: int
    territory: str
    kind: str
    asset_type: str
    factor: float
    factor_before: float
    reason: str = Field(description="mostly_false, over_budget, well_confirmed, room, by_hand, released")
    detail: dict[str, Any] = Field(description="the numbers the daily rule went by")
    is_held: bool
    moved_at: datetime
    moved_by: str
    is_current: bool


class AlarmLoad(BaseModel):
    """Alarms of seven days against what the technicians can look after in a week, as the daily rule saw it."""

    territory: str
    day: date
    n_alarms: int
    budget: float
    n_moved: int


@router.get("/thresholds", response_model=Page[Threshold], responses=PROBLEMS)
async def thresholds(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    history: Annotated[bool, Query(description="also moves that another took the place of")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List thresholds that were moved, the latest first; those that never were are at 1."""
    rows = await list_thresholds(reader, territory, history=history, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["threshold_id"])


@router.post("/territories/{territory}/thresholds", response_model=Moved, responses=WRITE_PROBLEMS)
async def move(
    request: Request,
    key: WriterKey,
    territory: Annotated[str, Path(pattern="^[a-z0-9-]{1,63}$")],
    choice: ThresholdChoice,
) -> Response:
    """Set a threshold and hold it there, or give it back to the daily rule; needs the scope `write`."""
    place = (territory, choice.kind, choice.asset_type)
    try:
        threshold_id, factor = await in_thread(do, request.app.state.database_url, place, choice.factor, key)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    except SafetyKindError as error:
        raise ProblemError(409, str(error)) from error
    return json_response({"threshold_id": threshold_id, "factor": factor, "is_held": choice.factor is not None})


def do(database_url: str, place: tuple[str, str, str], factor: float | None, key: Key) -> tuple[int, float]:
    """Move it on a connection of its own."""
    with connect(database_url, program="api", statement_timeout_s=30.0) as connection:
        return move_by_hand(connection, place, factor, actor(key), key.territory_ids)


@router.get("/alarm-loads", response_model=Page[AlarmLoad], responses=PROBLEMS)
async def alarm_loads(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List alarms of seven days against the budget, the last day first; nothing for a territory without a budget."""
    after = decode_cursor(cursor, tuple[date, Slug], (LAST_DAY, ""))
    rows = await list_loads(reader, territory, after=after, n=limit + 1)
    return page_response(request, rows, limit, ["day", "territory"])
