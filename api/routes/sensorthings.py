"""`/sensorthings/v1.1`: the same data as OGC SensorThings 1.1 has them."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.errors import ProblemError, problem_body
from api.posting import read_body
from api.security import Reader, WriterKey, known_key
from api.sensorthings.batching import ROOT, answer_batch
from api.sensorthings.conformance import service_root
from api.sensorthings.dispatch import Answer, read, write
from api.sensorthings.editing import Editor
from store.keys import Key

AnyKey = Annotated[Key, Depends(known_key)]
GOES_ON = {"continue-on-error", "continue-on-error=true", "odata.continue-on-error", "odata.continue-on-error=true"}
# Its paths are a language of their own, which OpenAPI cannot describe: docs/reference/sensorthings.md.
router = APIRouter(prefix=ROOT, tags=["sensorthings"], include_in_schema=False)


@router.get("")
@router.get("/")
async def root(request: Request, reader: Reader) -> Response:
    """Name the entity sets and what is conformed to."""
    return json_answer(service_root(root_of(request), request.app.state.mqtt_endpoints))


@router.get("/{path:path}")
async def read_resource(request: Request, reader: Reader, path: str) -> Response:
    """Give a set, an entity, a property or references."""
    return respond(await read(reader, root_of(request), path, request.url.query))


@router.post("/$batch")
async def batch(request: Request, key: AnyKey) -> Response:
    """Do several requests, each with the rights of the key, and answer all of them in one."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(415, "a batch is JSON: {'requests': […]} as application/json; multipart is not taken")
    body = await read_body(request)
    prefer = {part.strip().lower() for line in request.headers.getlist("prefer") for part in line.split(",")}
    tell = partial(tell_problem, request)
    return json_answer(await answer_batch(editor_of(request, key), body, tell, goes_on=bool(prefer & GOES_ON)))


@router.api_route("/{path:path}", methods=["POST", "PATCH", "PUT"])
async def write_resource(request: Request, key: WriterKey, path: str) -> Response:
    """Make an entity and all that is written within it, or observations out of arrays; change an entity."""
    body = await read_body(request)
    return respond(await write(editor_of(request, key), request.method, path, body))


@router.delete("/{path:path}")
async def delete(request: Request, key: WriterKey, path: str) -> Response:
    """Delete an entity and what cannot be without it."""
    return respond(await write(editor_of(request, key), "DELETE", path, b""))


def editor_of(request: Request, key: Key) -> Editor:
    """Give what stays the same through one write."""
    return Editor(request.app.state.pool, request.app.state.courier, key, root_of(request))


def root_of(request: Request) -> str:
    """Give the address of the service as the client knows it."""
    return f"{str(request.base_url).rstrip('/')}{ROOT}"


def tell_problem(request: Request, status: int, detail: str, path: str) -> dict[str, object]:
    """Give the problem body of a request in a batch."""
    return {**problem_body(request, status, detail), "instance": f"{ROOT}/{path}"}


def respond(found: Answer) -> Response:
    """Answer with JSON, or with the bare value: a text as it is, anything else as JSON."""
    if found.body is None and (found.is_value or found.status == 200):
        return Response(status_code=found.status)
    if found.is_value and isinstance(found.body, str):
        return Response(found.body, media_type="text/plain; charset=utf-8")
    return json_answer(found.body, found.status, found.headers)


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")
