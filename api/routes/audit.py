"""`/v1/audit`: who changed or took out what. For administrators, of their territories."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import From, Territory, To, read_span
from api.security import require_key
from store.audit import Choice, list_lines
from store.keys import Key
from store.reader import Pool

router = APIRouter(prefix="/v1", tags=["who and what"], responses=PROBLEMS)

Actor = Annotated[str | None, Query(min_length=1, max_length=200, pattern="^[^\\x00]*$", description="a part of it")]
Action = Annotated[str | None, Query(pattern="^[a-z_ ]{1,64}$", examples=["export", "give_verdict"])]


class AuditLine(BaseModel):
    """A line of the audit log."""

    audit_id: int
    at: datetime
    actor: str = Field(description="the key or account, by number and name, or the user of a command")
    action: str
    through: str = Field(description="the route or command")
    territory: str | None
    subject: str
    detail: dict[str, Any]


@router.get("/audit", response_model=Page[AuditLine])
async def audit(
    request: Request,
    key: Annotated[Key, Depends(require_key)],
    territory: Territory = None,
    actor: Actor = None,
    action: Action = None,
    from_at: From = None,
    to: To = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List who changed or took out what in the key's territories, the latest first; wants the role administrator.

    Lines that concern several territories of different keys, or none, are told by `vigie audit` only.
    """
    begins_at, ends_at = read_span(from_at, to, "day")
    choice = Choice(territory, actor, action, begins_at, ends_at)
    pool: Pool = request.app.state.pool
    async with pool.connection() as connection:
        rows = await list_lines(connection, choice, list(key.territory_ids), after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["audit_id"])
