"""Answers writes of many entities: each by itself, so that one that cannot be written is no obstacle to the others."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import Response
from psycopg.errors import DataError, IntegrityError

from api.errors import ProblemError
from api.ngsi import holding, merging
from api.ngsi.access import Editor
from api.ngsi.context import Context
from api.ngsi.drafts import Draft, read_entity, read_urn
from api.ngsi.editing import read_write_options
from api.ngsi.holding import Holder
from api.ngsi.media import JSON, Written, context_of, read_document
from api.ngsi.refusal import bad, describe, exists
from store.reader import Connection

MOST = 1_000
Work = Callable[[Holder, Draft], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with each entity; `may_be_new`: none may stand twice, `is_made`: they are new, and `may_null`."""

    action: str
    work: Work
    may_be_new: bool = False
    is_made: bool = False
    may_null: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of many entities, by their ids."""

    made: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    errors: list[dict[str, object]] = field(default_factory=list)

    def fail(self, urn: str, error: ProblemError) -> None:
        """Note that an entity was not written."""
        self.errors.append({"entityId": urn, "error": describe(error)})

    def answer(self, *, created: bool) -> Response:
        """Write it out: 207 where some were not written, else 201 with what was made, or 204."""
        if self.errors:
            body: Any = {"success": [*self.made, *self.done], "errors": self.errors}
            return Response(msgspec.json.encode(body), 207, media_type=JSON)
        if created and self.made:
            return Response(msgspec.json.encode(self.made), 201, media_type=JSON)
        return Response(status_code=204)


async def create_many(request: Request, editor: Editor) -> Response:
    """Make entities. Raises ProblemError."""
    read_write_options(request, ())

    async def work(holder: Holder, draft: Draft) -> None:
        await holding.make(holder, draft)

    outcome = await write_many(request, editor, Task("create", work, may_be_new=True, is_made=True))
    return outcome.answer(created=True)


async def update_many(request: Request, editor: Editor) -> Response:
    """Give entities that are there more attributes. Raises ProblemError."""
    overwrite = "noOverwrite" not in read_write_options(request, {"noOverwrite", "replace", "update"})

    async def work(holder: Holder, draft: Draft) -> None:
        await append_whole(holder, draft, overwrite=overwrite)

    return (await write_many(request, editor, Task("update", work))).answer(created=False)


async def merge_many(request: Request, editor: Editor) -> Response:
    """Merge patches into entities. Raises ProblemError."""
    read_write_options(request, ())

    async def work(holder: Holder, draft: Draft) -> None:
        assert draft.urn is not None  # of a whole entity
        await holding.change(holder, draft.urn, draft, lambda before: merging.merge(before, draft))

    return (await write_many(request, editor, Task("merge", work, may_null=True))).answer(created=False)


async def upsert_many(request: Request, editor: Editor) -> Response:
    """Make entities that are not there; replace those that are, or with `update` add to them. Raises ProblemError."""
    words = read_write_options(request, {"replace", "update"})
    made: set[str] = set()

    async def work(holder: Holder, draft: Draft) -> None:
        assert draft.urn is not None  # of a whole entity
        try:
            await holding.find(holder, draft.urn)
        except ProblemError:
            await holding.make(holder, draft)
            made.add(draft.urn)
            return
        if "update" in words:
            await append_whole(holder, draft, overwrite=True)
        else:
            await holding.put_whole(holder, draft.urn, draft)

    outcome = await write_many(request, editor, Task("upsert", work, may_be_new=True))
    outcome.made = [urn for urn in outcome.done if urn in made]
    outcome.done = [urn for urn in outcome.done if urn not in made]
    return outcome.answer(created=True)


async def append_whole(holder: Holder, draft: Draft, *, overwrite: bool) -> None:
    """Add attributes to an entity that is there. Raises ProblemError."""
    assert draft.urn is not None  # of a whole entity
    merged = await holding.change(
        holder, draft.urn, draft, lambda before: merging.append(before, draft, overwrite=overwrite)
    )
    if merged.not_updated and not merged.written:
        raise bad(f"nothing of {draft.urn} was written: {next(iter(merged.not_updated.values()))}")


async def drop_many(request: Request, editor: Editor) -> Response:
    """Delete entities. Raises ProblemError."""
    read_write_options(request, ())
    async with editor.reading() as reader:
        urns = (await read_document(request, reader, many=True)).document
    if not isinstance(urns, list) or not urns or len(urns) > MOST or not all(isinstance(one, str) for one in urns):
        raise bad(f"the body is a list of ids, at most {MOST}")
    outcome = Outcome()
    async with editor.reading() as reader:
        writable = [urn for urn in urns if await is_writable(reader, urn, outcome)]
    async with editor.writing("delete", f"{len(writable)} entities", {"n": len(writable)}) as connection:
        for urn in writable:
            try:
                await holding.drop(Holder(connection, editor.territory_id), urn)
                outcome.done.append(urn)
            except ProblemError as error:
                outcome.fail(urn, error)
    return outcome.answer(created=False)


async def is_writable(reader: Connection, urn: str, outcome: Outcome) -> bool:
    """Say whether an entity may be deleted, and note where not."""
    try:
        read_urn(urn)
        await holding.require_writable(reader, urn)
    except ProblemError as error:
        outcome.fail(urn, error)
        return False
    return True


async def write_many(request: Request, editor: Editor, task: Task) -> Outcome:
    """Write many entities, each in a transaction within the one. Raises ProblemError."""
    outcome = Outcome()
    drafts = await read_drafts(request, editor, outcome, task)
    async with editor.writing(task.action, f"{len(drafts)} entities", {"n": len(drafts)}) as connection:
        for draft in drafts:
            urn = str(draft.urn)
            try:
                async with connection.transaction():
                    await task.work(Holder(connection, editor.territory_id), draft)
                (outcome.made if task.is_made else outcome.done).append(urn)
            except ProblemError as error:
                outcome.fail(urn, error)
            except (DataError, IntegrityError):
                outcome.fail(urn, bad("a value is beyond what can be stored"))
    return outcome


async def read_drafts(request: Request, editor: Editor, outcome: Outcome, task: Task) -> list[Draft]:
    """Read the entities of a list; what cannot be read is noted. Raises ProblemError where it is none."""
    drafts: list[Draft] = []
    async with editor.reading() as reader:
        written = await read_document(request, reader, many=True)
        documents = written.document
        if not isinstance(documents, list) or not documents or len(documents) > MOST:
            raise bad(f"the body is a list of entities, at most {MOST}")
        contexts = Contexts(written)
        for document in documents:
            urn = document.get("id") if isinstance(document, dict) else None
            try:
                draft = read_entity(document, await contexts.of(document, reader), may_null=task.may_null)
                await require_place(reader, draft, drafts, may_be_new=task.may_be_new)
                drafts.append(draft)
            except ProblemError as error:
                outcome.fail(urn if isinstance(urn, str) else "", error)
    return drafts


async def require_place(reader: Connection, draft: Draft, before: Sequence[Draft], *, may_be_new: bool) -> None:
    """Refuse an entity of the registry, and one that stands twice. Raises ProblemError."""
    assert draft.urn is not None  # of a whole entity
    if may_be_new and any(one.urn == draft.urn for one in before):
        raise exists(draft.urn)
    await holding.require_writable(reader, draft.urn)


class Contexts:
    """The contexts of a list of objects: each that is written alike is read once."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._known: dict[bytes, Context] = {}

    async def of(self, document: Any, reader: Connection) -> Context:
        """Give the context of an object. Raises ProblemError."""
        named = document.get("@context") if isinstance(document, dict) else None
        mark = msgspec.json.encode(named)
        if named is None or mark not in self._known:
            self._known[mark] = await context_of(self._written, document, reader)
        return self._known[mark]
