"""Answers a batch: its requests one after the other, each with the rights of the key, groups in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from psycopg.errors import QueryCanceled

from api.errors import ProblemError
from api.rights import RIGHTS
from api.security import require_key, require_writer
from api.sensorthings.batch import Inner, Made, read_batch, resolve_body, resolve_path
from api.sensorthings.dispatch import Answer, read_as, write
from api.sensorthings.editing import Editor
from api.sensorthings.reading import Budget
from store.technician import changing

ROOT = "/sensorthings/v1.1"
MOST_BYTES = 20_000_000
Tell = Callable[[int, str, str], dict[str, object]]  # the problem body: status, detail, path


@dataclass(slots=True)
class Progress:
    """How far a batch has come: what was made, what came off, and what the answer may still hold."""

    tell: Tell
    goes_on: bool
    made: dict[str, Made] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    budget: Budget = field(default_factory=Budget)
    n_bytes: int = 0
    is_stopped: bool = False


class UndoneError(Exception):
    """A request of a group failed: all of the group is undone."""


async def answer_batch(editor: Editor, body: bytes, tell: Tell, *, goes_on: bool) -> dict[str, object]:
    """Do all requests of a batch in their order and give the answer to each.

    Behind the first that fails nothing is done, unless `goes_on`; what depends on one that failed is never done.

    Raises
    ------
    ProblemError
        400 where the batch cannot be read: nothing of it is done then.
    """
    progress = Progress(tell, goes_on)
    responses: list[dict[str, object]] = []
    for part in read_batch(body, editor.root):
        if part[0].group is None:
            response = await respond(editor, progress, part[0])
            responses.append(response)
        else:
            responses += await respond_together(editor, progress, part)
        if progress.failed and not goes_on:
            progress.is_stopped = True
    return {"responses": responses}


async def respond_together(editor: Editor, progress: Progress, part: Sequence[Inner]) -> list[dict[str, object]]:
    """Do the requests of a group: all or none."""
    known, responses = dict(progress.made), []
    try:
        async with changing(editor.pool) as connection:
            for one in part:
                responses.append(await respond(replace(editor, held=connection), progress, one))
                if one.id in progress.failed:
                    raise UndoneError
    except UndoneError:
        progress.made = known
        progress.failed |= {one.id for one in part} | {part[0].group or ""}
        *_, failed = responses
        undone = ProblemError(424, f"request {failed['id']!r} failed, and all of its group was undone")
        return [failed if one.id == failed["id"] else describe(progress, one, undone) for one in part]
    return responses


async def respond(editor: Editor, progress: Progress, one: Inner) -> dict[str, object]:
    """Do one request and give its answer, whatever it is."""
    try:
        if progress.is_stopped:
            raise ProblemError(424, "a request before this one failed; `Prefer: continue-on-error` goes on behind it")
        if blocked := sorted(one.needs & progress.failed):
            raise ProblemError(424, f"this depends on {blocked[0]!r}, which failed")
        return describe(progress, one, await perform(editor, progress, one))
    except ProblemError as error:
        problem = error
    except QueryCanceled:
        problem = ProblemError(504, "this took too long: ask for less")
    progress.failed.add(one.id)
    return describe(progress, one, problem)


async def perform(editor: Editor, progress: Progress, one: Inner) -> Answer:
    """Do one request, and remember what it made. Raises ProblemError, psycopg.errors.QueryCanceled."""
    path = resolve_path(one.path, progress.made)
    if refusal := RIGHTS[f"{one.method} {ROOT}/{{path:path}}"].refusal(editor.key):
        raise ProblemError(403, refusal)
    if one.method == "GET":
        await require_key(editor.key)
        found = await read_as(editor, path, one.query, progress.budget)
    else:
        await require_writer(editor.key)
        body = msgspec.json.encode(resolve_body(one.body, progress.made))
        found = await write_once(editor, one.method, path, body)
    encoded = msgspec.Raw(b"" if found.body is None else msgspec.json.encode(found.body))
    progress.n_bytes += len(encoded)
    if progress.n_bytes > MOST_BYTES and one.method == "GET":
        raise ProblemError(413, f"the answer to a batch holds at most {MOST_BYTES} bytes: ask for less")
    if isinstance(found.body, dict) and {"@iot.id", "@iot.selfLink"} <= found.body.keys():
        progress.made[one.id] = Made(found.body["@iot.id"], found.body["@iot.selfLink"].removeprefix(f"{editor.root}/"))
    return replace(found, body=encoded if found.body is not None else None)


async def write_once(editor: Editor, method: str, path: str, body: bytes) -> Answer:
    """Write; within a group what fails leaves the transaction fit for use. Raises as `write`."""
    if editor.held is None:
        return await write(editor, method, path, body)
    async with editor.held.transaction():
        return await write(editor, method, path, body)


def describe(progress: Progress, one: Inner, found: Answer | ProblemError) -> dict[str, Any]:
    """Write the answer to one request."""
    described: dict[str, Any] = {"id": one.id, "status": found.status}
    if one.group is not None:
        described["atomicityGroup"] = one.group
    headers = {name.lower(): value for name, value in found.headers.items()}
    if isinstance(found, ProblemError):
        headers["content-type"] = "application/problem+json"
        described["body"] = progress.tell(found.status, found.detail, one.path) | found.members
    elif found.body is not None:
        headers["content-type"] = "application/json"
        described["body"] = found.body
    return {**described, "headers": headers}
