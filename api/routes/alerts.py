"""`/v1/alerts`: incidents that somebody was told about; who looks after them, said with a key or with a link."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from api.alert_page import CSP, acknowledged_page, asking_page
from api.errors import OPEN_PROBLEMS, PROBLEMS, WRITE_PROBLEMS, ProblemError
from api.models import Severity
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import Territory, Word
from api.security import Reader, WriterKey
from api.thread import in_thread
from api.work_order_models import Name
from store.alert_duty import list_messages
from store.alerts import AcknowledgedError, Link, acknowledge, find_link, list_alerts, use_link
from store.connect import connect
from store.technician import NotThereError, actor

router = APIRouter(prefix="/v1", tags=["alerts"])

AlertId = Annotated[int, Path(ge=1, lt=2**63)]
Token = Annotated[str, Path(pattern="^ack_[A-Za-z0-9_-]{43}$")]
TEXT = {"schema": {"type": "string"}}
HTML = {"description": "a page for a telephone", "content": {"text/html; charset=utf-8": TEXT}}
GONE = "this link does not exist, was used already, or is older than seven days"


class Alert(BaseModel):
    """An incident that somebody was told about, once."""

    alert_id: int
    territory: str
    incident_id: int | None
    kind: str = Field(description="one of those of `vigie alert kinds`; its runbook bears the same name")
    severity: Severity
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    ended_at: datetime | None
    sentence_fr: str | None
    sentence_en: str | None
    n_delivered: int = Field(description="messages that the other side has taken")
    n_waiting: int = Field(description="messages that are still to be sent")
    n_failed: int = Field(description="messages that were tried and given up")


class AlertMessage(BaseModel):
    """Whom an alert was or is to be sent to."""

    message_id: int
    channel: str
    way: str
    step: int = Field(description="0: who was told first; then those to whom it was escalated")
    release_at: datetime = Field(description="not sent before: the end of the hours in which it is muted")
    n_attempts: int
    state: Literal["waiting", "delivered", "failed", "dropped"] = Field(
        description="dropped: it was over, or somebody had acknowledged it, before it could be sent"
    )
    settled_at: datetime | None


class Acknowledgement(BaseModel):
    """Who looks after it."""

    model_config = ConfigDict(extra="forbid")

    who: Name


@router.get("/alerts", response_model=Page[Alert], responses=PROBLEMS)
async def alerts(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    kind: Word = None,
    state: Literal["open", "unacknowledged", "closed", "all"] = "open",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List alerts, the latest first."""
    filters = {"territory": territory, "kind": kind, "state": state}
    rows = await list_alerts(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["alert_id"])


@router.get("/alerts/{alert_id}", response_model=Alert, responses=PROBLEMS)
async def alert(reader: Reader, alert_id: AlertId) -> Response:
    """Give one alert."""
    rows = await list_alerts(reader, {"alert_id": alert_id, "state": "all"}, after=0, n=1)
    if not rows:
        raise ProblemError(404, f"there is no alert {alert_id} that this key may see")
    return json_response(rows[0])


@router.get("/alerts/{alert_id}/messages", response_model=Page[AlertMessage], responses=PROBLEMS)
async def messages(
    request: Request, reader: Reader, alert_id: AlertId, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List whom an alert was sent to, and what came of it; what was sent is forgotten 90 days after the alert's end."""
    await alert(reader, alert_id)
    rows = await list_messages(reader, alert_id, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["message_id"])


@router.post("/alerts/{alert_id}/acknowledge", status_code=204, response_model=None, responses=WRITE_PROBLEMS)
async def acknowledge_one(request: Request, key: WriterKey, alert_id: AlertId, body: Acknowledgement) -> Response:
    """Say who looks after an alert: nobody else is told of it (409: somebody was quicker); needs the scope `write`."""

    def work() -> None:
        with connect(request.app.state.database_url, program="api", autocommit=True) as connection:
            acknowledge(connection, alert_id, body.who, actor(key), key.territory_ids)

    try:
        await in_thread(work)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    except AcknowledgedError as error:
        raise ProblemError(409, str(error)) from error
    return Response(status_code=204)


@router.get("/alerts/links/{token}", response_class=HTMLResponse, responses={**OPEN_PROBLEMS, 200: HTML})
async def show_link(request: Request, token: Token) -> Response:
    """Ask who opened a link whether he looks after it; the link stands in for a key. Opening it changes nothing:
    programs that look through mails open links too."""

    def work() -> Link | None:
        with connect(request.app.state.database_url, program="api", autocommit=True) as connection:
            return find_link(connection, token)

    link = await in_thread(work)
    if link is None:
        raise ProblemError(404, GONE)
    return HTMLResponse(asking_page(link), headers={"Content-Security-Policy": CSP})


@router.post("/alerts/links/{token}", response_class=HTMLResponse, responses={**OPEN_PROBLEMS, 200: HTML})
async def follow_link(request: Request, token: Token) -> Response:
    """Acknowledge with a link, which leads nowhere afterwards."""

    def work() -> tuple[Link | None, int | None]:
        with connect(request.app.state.database_url, program="api", autocommit=True) as connection:
            link = find_link(connection, token)
            try:
                return link, use_link(connection, token)
            except AcknowledgedError:
                return link, None if link is None else link.alert_id

    link, alert_id = await in_thread(work)
    if link is None or alert_id is None:
        raise ProblemError(404, GONE)
    return HTMLResponse(acknowledged_page(link), headers={"Content-Security-Policy": CSP})
