"""Does what one request asks for, whether it came by itself or in a batch."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from psycopg.errors import DataError, IntegrityError

from api.errors import ProblemError
from api.sensorthings.editing import (
    Editor,
    change_entity,
    create_entities,
    create_entity,
    drop_entity,
    looking,
)
from api.sensorthings.options import read_options
from api.sensorthings.reading import Budget, Reading, answer
from api.sensorthings.refusal import refused
from api.sensorthings.resource import read_path
from store.reader import Connection
from store.sensorthings.errors import QuestionError, UnsupportedError

ARRAYS = "CreateObservations"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with; `is_value`: the bare value of a property, no JSON where it is a text."""

    status: int
    body: Any = None  # Any: JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    is_value: bool = False


async def read(connection: Connection, root: str, path: str, query: str, budget: Budget | None = None) -> Answer:
    """Give a set, an entity, a property or references. Raises ProblemError."""
    resource = read_path(path)
    options = read_options(parse_qsl(query, keep_blank_values=True), resource.last.entity_set)
    with translated():
        reading = Reading(connection, root, f"{root}/{path.strip('/')}", budget or Budget())
        found = await answer(reading, resource, options)
    return Answer(204 if resource.is_value and found is None else 200, found, is_value=resource.is_value)


async def write(editor: Editor, method: str, path: str, body: bytes) -> Answer:
    """Make, change or delete what lies at a path. Raises ProblemError."""
    with translated():
        if method == "DELETE":
            await drop_entity(editor, read_path(path))
            return Answer(200)
        if method != "POST":
            return Answer(200, await change_entity(editor, read_path(path), body, is_whole=method == "PUT"))
        if path.strip("/") == ARRAYS:
            return Answer(201, await create_entities(editor, body))
        address, found = await create_entity(editor, read_path(path), body)
        return Answer(201, found, {"Location": address})


async def read_as(editor: Editor, path: str, query: str, budget: Budget) -> Answer:
    """Read with what a key may see. Raises ProblemError."""
    async with looking(editor) as connection:
        return await read(connection, editor.root, path, query, budget)


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
