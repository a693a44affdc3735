"""One body for every error: RFC 9457 `application/problem+json`, with a detail that says what to do."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from psycopg import OperationalError
from psycopg.errors import QueryCanceled, UndefinedTable
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.headers import HEADERS
from api.validation_faults import validation_faults
from store.errors import OutdatedSchemaError

log = structlog.get_logger()

TITLES = {
    400: "Bad request",
    401: "Key missing or not valid",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Form not given here",
    409: "Cannot be done now",
    410: "Withdrawn",
    411: "Length not given",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Body cannot be read",
    422: "Parameters cannot be used",
    424: "Not done for another's sake",
    428: "Version not given",
    429: "Too many requests",
    500: "Fault of ours",
    501: "Not supported",
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
    """Ends a request with a problem body; `type_uri` where a standard names this kind of problem itself."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
        type_uri: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.type_uri = type_uri
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def problem_response(
    request: Request,
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """Write a problem body; `members` are beside those that every problem has."""
    body = msgspec.json.encode({**problem_body(request, status, detail), **(members or {})})
    return Response(body, status, dict(headers or {}), media_type="application/problem+json")


def problem_body(request: Request, status: int, detail: str) -> dict[str, object]:
    """Give the members that every problem has."""
    return {
        "type": problem_type(status),
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }


def problem_type(status: int) -> str:
    """Give the URI that names a kind of problem."""
    return f"/problems/{TITLES.get(status, 'Error').lower().replace(' ', '-')}"


def register_problems(app: FastAPI) -> None:
    """Make every error of the application leave as a problem."""
    for kind, answer in ANSWERS.items():
        app.exception_handler(kind)(answer)


async def on_problem(request: Request, error: ProblemError) -> Response:
    """Answer what a route refused."""
    own_type = {"type": error.type_uri} if error.type_uri else {}
    return problem_response(request, error.status, error.detail, error.headers, {**error.members, **own_type})


async def on_http(request: Request, error: HTTPException) -> Response:
    """Answer for a path or a method that is not there, or a body that is no text (400 of the framework)."""
    detail = str(error.detail)
    if error.status_code == 400:
        return problem_response(request, 422, "the body is no JSON in UTF-8", error.headers)
    if error.status_code == 404:
        detail = f"nothing lies at {request.url.path}; the routes are listed in /openapi.json"
    if error.status_code == 405:
        detail = f"{request.url.path} does not take {request.method}; the header Allow names what it takes"
    return problem_response(request, error.status_code, detail, error.headers)


async def on_validation(request: Request, error: RequestValidationError) -> Response:
    """Answer parameters that cannot be used, each with what is wrong."""
    faults = validation_faults(error.errors())
    detail = "; ".join(f"{fault['field']}: {fault['sentence_en']}" for fault in faults)
    return problem_response(request, 422, detail, members={"faults": faults})


async def on_timeout(request: Request, error: QueryCanceled) -> Response:
    """Answer for a query that the database ended."""
    return problem_response(request, 504, "the query took too long: ask for a shorter span or fewer series")


async def on_store_away(request: Request, error: OperationalError) -> Response:
    """Answer while the database is away."""
    log.warning("store_away", error=type(error).__name__)
    return problem_response(request, 503, "the database does not answer; try again", {"Retry-After": "5"})


async def on_empty_store(request: Request, error: UndefinedTable | OutdatedSchemaError) -> Response:
    """Answer for a database that is not migrated yet."""
    log.error("store_not_migrated")
    return problem_response(request, 503, "the database is not migrated: run `vigie migrate`", {"Retry-After": "60"})


async def on_fault(request: Request, error: Exception) -> Response:
    """Answer for a fault of ours; its trace goes to the log, never to the client."""
    log.error("request_failed", path=request.url.path, exc_info=error)
    # This answer leaves outside of all middleware, so it brings its headers itself.
    return problem_response(request, 500, "this is a fault of Vigie, kept in its log", HEADERS)


# An error is answered by the entry nearest to it among its ancestors.
ANSWERS: dict[type[Exception], Callable[..., Awaitable[Response]]] = {
    ProblemError: on_problem,
    HTTPException: on_http,
    RequestValidationError: on_validation,
    QueryCanceled: on_timeout,
    OperationalError: on_store_away,
    UndefinedTable: on_empty_store,
    OutdatedSchemaError: on_empty_store,
    Exception: on_fault,
}


def describe_problem(status: int) -> dict[str, object]:
    """Describe a problem for the OpenAPI document."""
    example = {
        "type": problem_type(status),
        "title": TITLES[status],
        "status": status,
        "detail": "a sentence that says what to do",
        "instance": "/v1/assets",
    }
    content = {"application/problem+json": {"schema": Problem.model_json_schema(), "example": example}}
    return {"description": TITLES[status], "content": content}


OPEN_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: describe_problem(status) for status in (404, 422, 500, 503, 504)
}
PROBLEMS: dict[int | str, dict[str, object]] = {
    **{status: describe_problem(status) for status in (401, 403)},
    **OPEN_PROBLEMS,
}
WRITE_PROBLEMS: dict[int | str, dict[str, object]] = {**PROBLEMS, 409: describe_problem(409)}
