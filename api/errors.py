"""One body for every error: RFC 9457 `application/problem+json`, with a detail that says what to do."""

from collections.abc import Mapping

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from psycopg import OperationalError
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout
from pydantic import BaseModel
from starlette.exceptions import HTTPException

log = structlog.get_logger()

TITLES = {
    400: "Bad request",
    401: "Key missing or not valid",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    422: "Parameters cannot be used",
    429: "Too many requests",
    500: "Fault of ours",
    503: "Store away",
    504: "Took too long",
}


class Problem(BaseModel):
    """The body of an error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class ProblemError(Exception):
    """Ends a request with a problem body."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def problem_response(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Write a problem body."""
    title = TITLES.get(status, "Error")
    body = {
        "type": f"/problems/{title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    return Response(msgspec.json.encode(body), status, dict(headers or {}), media_type="application/problem+json")


def register_problems(app: FastAPI) -> None:
    """Make every error of the application leave as a problem."""

    @app.exception_handler(ProblemError)
    async def on_problem(request: Request, error: ProblemError) -> Response:
        return problem_response(request, error.status, error.detail, error.headers)

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        detail = str(error.detail)
        if error.status_code == 404:
            detail = f"nothing lies at {request.url.path}; the routes are listed in /openapi.json"
        return problem_response(request, error.status_code, detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> Response:
        faults = [f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in error.errors()]
        return problem_response(request, 422, "; ".join(faults))

    @app.exception_handler(QueryCanceled)
    async def on_timeout(request: Request, error: QueryCanceled) -> Response:
        return problem_response(request, 504, "the query took too long: ask for a shorter span or fewer series")

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeout)
    async def on_store_away(request: Request, error: Exception) -> Response:
        log.warning("store_away", error=type(error).__name__)
        return problem_response(request, 503, "the database does not answer; try again", {"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def on_fault(request: Request, error: Exception) -> Response:
        log.error("request_failed", path=request.url.path, exc_info=error)
        return problem_response(request, 500, "this is a fault of Vigie, kept in its log")


PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": TITLES[status]} for status in (401, 403, 404, 422, 503, 504)
}
