"""`/login`: to the identity provider and back, for people; what went wrong is a word for the page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.errors import ProblemError
from api.login.code_flow import CodeFlow, LoginError
from api.login.cookie import BEGUN_COOKIE, read_cookie, write_begun, write_cookie
from api.login.door import Door, begin_session
from api.login.settings import Login
from api.routes.session import forget
from api.security import network_of
from store.audit import Line, await_line
from store.keys import Vouched, enrol

LOG = structlog.get_logger()
router = APIRouter(include_in_schema=False)


@router.get("/login")
async def leave(request: Request) -> Response:
    """Send a browser to the provider."""
    flow = flow_of(request)
    try:
        address, kept = await flow.leave()
    except LoginError as error:
        return lead_home(error.trouble)
    answer = RedirectResponse(address, 303)
    write_begun(request, answer, kept, request.app.state.login.page_url)
    return answer


@router.get("/login/callback")
async def come_back(request: Request) -> Response:
    """Take a browser back from the provider, and open its session; what it came with is of no use again."""
    flow = flow_of(request)
    login: Login = request.app.state.login
    kept = read_cookie(request, BEGUN_COOKIE, login.page_url)
    door: Door = request.app.state.door
    try:
        await door.slow(network_of(request.client.host if request.client else ""))
        vouched = await flow.come_back(dict(request.query_params), kept)
        text = await open_for(request, vouched)
    except (LoginError, ProblemError) as error:
        trouble = error.trouble if isinstance(error, LoginError) else "often"
        if trouble in ("denied", "refused"):
            await note_refusal(request, trouble)
        answer = lead_home(trouble)
    else:
        await forget(request)  # an earlier session of this browser
        answer = lead_home()
        write_cookie(request, answer, text, login.page_url, login.span.most_s)
    write_begun(request, answer, "", login.page_url)
    return answer


async def open_for(request: Request, vouched: Vouched) -> str:
    """Open a session of whom the provider vouches for, as long as it lasts. Raises LoginError for an ended account."""
    most_s = request.app.state.login.span.most_s
    lasting = replace(vouched, expires_at=datetime.now(UTC) + timedelta(seconds=most_s))
    async with request.app.state.pool.connection() as connection, connection.transaction():
        key = await enrol(connection, lasting)
        if key is not None:
            return await begin_session(connection, key, "provider", most_s)
    raise LoginError("refused")


async def note_refusal(request: Request, trouble: str) -> None:
    """Leave a line about somebody whom the provider did not vouch for."""
    async with request.app.state.pool.connection() as connection:
        detail = {"way": "provider", "trouble": trouble}
        await await_line(connection, Line("login", "login_refused", "unknown account", detail))


def flow_of(request: Request) -> CodeFlow:
    """Give the way to the provider. Raises ProblemError where none is configured."""
    flow: CodeFlow | None = request.app.state.code_flow
    if flow is None:
        raise ProblemError(404, "no identity provider is configured to log in at: see VIGIE_OIDC_CLIENT_ID")
    return flow


def lead_home(trouble: str = "") -> Response:
    """Lead to the page, with what went wrong where it did."""
    return RedirectResponse(f"/#login={trouble}" if trouble else "/", 303)
