"""Contexts that clients post, list, read and delete."""

from typing import Any
from uuid import uuid4

from fastapi import Request

from api.ngsi.access import Editor
from api.ngsi.context import CONTEXTS_PATH, CORE, CORE_ONLY, load
from api.ngsi.instant import instant_text
from api.ngsi.media import decode
from api.ngsi.refusal import absent, bad, invalid, unknown_context
from api.ngsi.vocabulary import CORE_CONTEXT, CORE_TERMS, MODELS_NAME, model_terms
from api.posting import read_body
from store.ngsi.context import delete_context, find_contexts, list_contexts, write_context
from store.reader import Connection, Row

KINDS = frozenset({"Cached", "Hosted", "ImplicitlyCreated"})


def address(request: Request, name: str) -> str:
    """Give where a context of ours is served: copies of public ones keep their own address."""
    return name if "://" in name else f"{str(request.base_url).rstrip('/')}{CONTEXTS_PATH}{name}"


def built_in(name: str) -> dict[str, Any] | None:
    """Give a context that Vigie brings, None where it is none of those."""
    if name == MODELS_NAME or name.endswith(CONTEXTS_PATH + MODELS_NAME):
        return {"@context": dict(model_terms())}
    return {"@context": dict(CORE_TERMS)} if CORE.fullmatch(name) else None


async def describe_contexts(request: Request, reader: Connection, kind: str | None, *, details: bool) -> list[Any]:
    """List contexts: their addresses, or with `details` what is known of each. Raises ProblemError."""
    if kind is not None and kind not in KINDS:
        raise bad(f"kind is one of {', '.join(sorted(KINDS))}")
    rows = await list_contexts(reader, kind)
    if not details:
        ours = [] if kind not in {None, "Cached"} else [CORE_CONTEXT, address(request, MODELS_NAME)]
        return [*ours, *(address(request, row["url"]) for row in rows)]
    return [describe_context(request, row) for row in rows]


def describe_context(request: Request, row: Row) -> dict[str, object]:
    """Tell what is known of a context."""
    return {
        "URL": address(request, row["url"]),
        "localId": row["url"],
        "kind": row["kind"],
        "timestamp": instant_text(row["created_at"]),
    }


async def serve_context(request: Request, reader: Connection, name: str, *, details: bool) -> Any:
    """Give a context as it is, or what is known of it. Raises ProblemError."""
    found = built_in(name)
    if found is not None and not details:
        return found
    rows = await find_contexts(reader, [name, name.partition(CONTEXTS_PATH)[2] or name])
    if not rows:
        raise absent(f"no context {name[:200]!r} is kept for this key")
    row = next(iter(rows.values()))
    return describe_context(request, row) if details else row["body"]


async def add_context(request: Request, editor: Editor) -> str:
    """Keep a context that is posted, and give the name under which it is served. Raises ProblemError."""
    body = decode(await read_body(request))
    if not isinstance(body, dict) or "@context" not in body:
        raise invalid("the body is an object with @context in it")
    if not isinstance(body["@context"], dict | list | str) or not body["@context"]:
        raise bad("@context is an object of terms, an address, or a list of those")
    async with editor.reading() as reader:
        await load(reader, body["@context"])  # what it names must be kept here
    name = f"urn:ngsi-ld:Context:{uuid4()}"
    async with editor.writing("add context", name) as connection:
        await write_context(connection, editor.territory_id, name, body)
    return name


async def drop_context(editor: Editor, name: str, *, reload: bool) -> None:
    """Delete a context. Raises ProblemError."""
    if built_in(name) is not None or name == CORE_ONLY.written:
        raise bad("this context belongs to Vigie")
    name = name.partition(CONTEXTS_PATH)[2] or name
    async with editor.reading() as reader:
        rows = await find_contexts(reader, [name])
    if reload and (not rows or rows[name]["kind"] != "Cached"):
        raise bad("reload=true goes with copies of public contexts only")
    if reload:
        raise unknown_context(name)
    if not rows:
        raise absent(f"no context {name[:200]!r} is kept for this key")
    async with editor.writing("delete context", name) as connection:
        if not await delete_context(connection, editor.territory_id, name):
            raise absent(f"no context {name[:200]!r} is kept for this territory")
