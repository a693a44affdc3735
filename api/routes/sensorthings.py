"""`/sensorthings/v1.1`: the same data as OGC SensorThings 1.1 has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from psycopg.errors import DataError, IntegrityError

from api.errors import ProblemError
from api.posting import read_body
from api.security import Reader, WriterKey
from api.sensorthings.conformance import service_root
from api.sensorthings.editing import Editor, change_entity, create_entities, create_entity, drop_entity
from api.sensorthings.options import read_options
from api.sensorthings.reading import Reading, answer
from api.sensorthings.refusal import refused
from api.sensorthings.resource import read_path
from store.sensorthings.errors import QuestionError, UnsupportedError

ROOT = "/sensorthings/v1.1"
# Its paths are a language of their own, which OpenAPI cannot describe: docs/reference/sensorthings.md.
router = APIRouter(prefix=ROOT, tags=["sensorthings"], include_in_schema=False)


@router.get("")
@router.get("/")
async def root(request: Request, reader: Reader) -> Response:
    """Name the entity sets and what is conformed to."""
    return json_answer(service_root(root_of(request)))


@router.get("/{path:path}")
async def read(request: Request, reader: Reader, path: str) -> Response:
    """Give a set, an entity, a property or references."""
    resource = read_path(path)
    options = read_options(parse_qsl(request.url.query, keep_blank_values=True), resource.last.entity_set)
    url = f"{root_of(request)}/{path.strip('/')}"
    with translated():
        found = await answer(Reading(reader, root_of(request), url), resource, options)
    return value_answer(found) if resource.is_value else json_answer(found)


@router.post("/CreateObservations")
async def create_many(request: Request, key: WriterKey) -> Response:
    """Make observations out of arrays; each is answered with its address or the word error and why."""
    body = await read_body(request)
    with translated():
        return json_answer(await create_entities(editor_of(request, key), body), 201)


@router.post("/{path:path}")
async def create(request: Request, key: WriterKey, path: str) -> Response:
    """Make an entity and all that is written within it."""
    body = await read_body(request)
    with translated():
        address, found = await create_entity(editor_of(request, key), read_path(path), body)
    return json_answer(found, 201, {"Location": address})


@router.patch("/{path:path}")
async def patch(request: Request, key: WriterKey, path: str) -> Response:
    """Change what the body names of an entity."""
    body = await read_body(request)
    with translated():
        return json_answer(await change_entity(editor_of(request, key), read_path(path), body, is_whole=False))


@router.put("/{path:path}")
async def put(request: Request, key: WriterKey, path: str) -> Response:
    """Give an entity all its properties anew."""
    body = await read_body(request)
    with translated():
        return json_answer(await change_entity(editor_of(request, key), read_path(path), body, is_whole=True))


@router.delete("/{path:path}")
async def delete(request: Request, key: WriterKey, path: str) -> Response:
    """Delete an entity and what cannot be without it."""
    with translated():
        await drop_entity(editor_of(request, key), read_path(path))
    return Response(status_code=200)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what is wrong with a question into its answer."""
    try:
        yield
    except QuestionError as error:
        raise refused(str(error)) from error
    except UnsupportedError as error:
        raise ProblemError(501, str(error)) from error
    except DataError as error:
        raise refused("a value is beyond what can be stored or reckoned with") from error
    except IntegrityError as error:
        raise ProblemError(409, "what this refers to was deleted or changed meanwhile; read it again") from error


def editor_of(request: Request, key: WriterKey) -> Editor:
    """Give what stays the same through one write."""
    return Editor(request.app.state.pool, request.app.state.courier, key, root_of(request))


def root_of(request: Request) -> str:
    """Give the address of the service as the client knows it."""
    return f"{str(request.base_url).rstrip('/')}{ROOT}"


def json_answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


def value_answer(value: Any) -> Response:  # Any: what a property holds
    """Answer with the bare value: a text as it is, anything else as JSON."""
    if value is None:
        return Response(status_code=204)
    if isinstance(value, str):
        return Response(value, media_type="text/plain; charset=utf-8")
    return json_answer(value)
