"""`/v1/session`: logging in with a name and a password, who I am, logging out."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import OPEN_PROBLEMS, ProblemError, describe_problem
from api.key_ring import KeyRing
from api.login.cookie import (
    csrf_token,
    forget_cookie,
    is_readable_by_none,
    require_own_origin,
    require_unforged,
    write_cookie,
)
from api.login.door import Door
from api.login.settings import Login
from api.paging import json_response
from api.security import cookie_of, network_of
from store.audit import Line, await_line
from store.keys import Role
from store.local_accounts import has_accounts
from store.login_sessions import Session, Way, end_session, read_session
from store.passwords import LONGEST
from store.technician import actor

router = APIRouter(prefix="/v1", tags=["who and what"])
LOGGING_IN: dict[int | str, dict[str, object]] = {
    **OPEN_PROBLEMS,
    **{status: describe_problem(status) for status in (401, 403, 429)},
}
LOGGING_OUT: dict[int | str, dict[str, object]] = {**OPEN_PROBLEMS, 403: describe_problem(403)}


class Credentials(BaseModel):
    """Who wants to log in."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class OwnSession(BaseModel):
    """Whose a session is, what it may, and how long."""

    account: int = Field(description="number in `vigie key list`", examples=[12])
    name: str
    role: Role
    scopes: list[str] = Field(examples=[["read", "write"]])
    way: Way
    ends_at: datetime = Field(description="at the latest; earlier where it is idle")
    csrf_token: str = Field(description="what changes something sends it as the header X-CSRF-Token", examples=["5f…"])


class LoginState(BaseModel):
    """How people can log in here, and the session of the request's cookie, if it stands."""

    ways: list[Literal["password", "provider"]]
    provider: str | None = Field(description="what the identity provider is called, where `/login` leads to one")
    session: OwnSession | None


@router.get("/session", response_model=LoginState, responses=OPEN_PROBLEMS)
async def state(request: Request) -> Response:
    """Say how people can log in, and who the cookie of this request stands for; needs no key."""
    login: Login = request.app.state.login
    text = cookie_of(request)
    async with request.app.state.pool.connection() as connection:
        session = await read_session(connection, text, login.span.idle_s) if text else None
        takes_passwords = await has_accounts(connection)
    ways = [way for way, is_open in (("password", takes_passwords), ("provider", login.client is not None)) if is_open]
    provider = login.client.label if login.client else None
    return json_response({"ways": ways, "provider": provider, "session": describe(session, text) if session else None})


@router.post("/session", status_code=201, response_model=OwnSession, responses=LOGGING_IN)
async def log_in(request: Request, credentials: Credentials) -> Response:
    """Log in with the name and password of a local account: the session is a cookie that scripts cannot read.

    Over HTTPS only, but from the machine itself. Each try leaves a line in the audit log.
    """
    login: Login = request.app.state.login
    require_own_origin(request, login.page_url)
    if not is_readable_by_none(request, login.page_url):
        raise ProblemError(
            403, "passwords are taken over HTTPS only: ask there; behind a proxy, VIGIE_PAGE_URL names the page"
        )
    door: Door = request.app.state.door
    address = network_of(request.client.host if request.client else "")
    text = await door.enter(credentials.name, credentials.password, address)
    await forget(request)
    async with request.app.state.pool.connection() as connection:
        session = await read_session(connection, text, login.span.idle_s)
    if session is None:
        raise ProblemError(401, "the account has ended")
    answer = json_response(describe(session, text))
    answer.status_code = 201
    write_cookie(request, answer, text, login.page_url, login.span.most_s)
    return answer


@router.delete("/session", status_code=204, response_model=None, responses=LOGGING_OUT)
async def log_out(request: Request) -> Response:
    """End the session of this request's cookie; where there is none, nothing is done."""
    login: Login = request.app.state.login
    if text := cookie_of(request):
        require_unforged(request, text, login.page_url)
        await forget(request)
    answer = Response(status_code=204)
    forget_cookie(request, answer, login.page_url)
    return answer


async def forget(request: Request) -> None:
    """End the session that a request's cookie stands for, if it stands."""
    text = cookie_of(request)
    ring: KeyRing = request.app.state.key_ring
    ring.forget_session(text)
    login: Login = request.app.state.login
    async with request.app.state.pool.connection() as connection, connection.transaction():
        session = await read_session(connection, text, login.span.idle_s) if text else None
        if session is not None:
            key = session.key
            await end_session(connection, text)
            only = key.territory_ids[0] if len(key.territory_ids) == 1 else None
            await await_line(connection, Line(actor(key), "log_out", f"key {key.key_id}", {}, only))


def describe(session: Session, text: str) -> dict[str, object]:
    """Write a session as its owner sees it."""
    key = session.key
    return {
        "account": key.key_id,
        "name": key.name,
        "role": key.role,
        "scopes": sorted(key.scopes),
        "way": session.way,
        "ends_at": session.ends_at,
        "csrf_token": csrf_token(text),
    }
