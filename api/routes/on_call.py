"""`/v1/on-call`: who is told first of an alert now; `/v1/alert-kinds`: what people are told of, with what to do."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Territory
from api.security import Reader
from sensors.alerts import alert_kinds
from store.alert_duty import list_on_call

router = APIRouter(prefix="/v1", tags=["alerts"])


class OnCall(BaseModel):
    """Whose turn it is in a rota."""

    rota_id: int
    territory: str
    rota: str
    on_call: str = Field(description="the channel that is told first")
    next: str = Field(description="whose turn comes next; the same where nobody else takes turns")
    until: datetime


class AlertKind(BaseModel):
    """What people are told of, with its runbook."""

    kind: str
    name_fr: str
    name_en: str
    steps_fr: list[str]
    steps_en: list[str]
    is_safety: bool = Field(description="people's safety hangs on it: never muted by hand")


@router.get("/on-call", response_model=Page[OnCall], responses=PROBLEMS)
async def on_call(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List who is on call, by rota; rotas of territories above those of the key are not shown."""
    rows = await list_on_call(reader, territory, datetime.now(UTC), after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["rota_id"])


@router.get("/alert-kinds", response_model=Page[AlertKind], responses=PROBLEMS)
async def kinds(request: Request, reader: Reader) -> Response:
    """List what people are told of, and what is to be done then."""
    rows = [
        {
            "kind": one.name,
            "name_fr": one.name_fr,
            "name_en": one.name_en,
            "steps_fr": list(one.steps_fr),
            "steps_en": list(one.steps_en),
            "is_safety": one.is_safety,
        }
        for one in alert_kinds().values()
    ]
    return page_response(request, rows, len(rows), ["kind"])
