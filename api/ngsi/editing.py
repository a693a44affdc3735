"""Answers writes of one entity: the body is read by its context, then all is written in one transaction."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import Request
from fastapi.responses import Response

from api.ngsi import holding, merging
from api.ngsi.access import Editor
from api.ngsi.context import Context
from api.ngsi.drafts import (
    MEMBER,
    Attributes,
    Draft,
    Instance,
    is_null,
    read_attribute,
    read_entity,
    read_instance,
    read_urn,
)
from api.ngsi.holding import Holder
from api.ngsi.instant import read_instant
from api.ngsi.media import (
    JSON,
    context_of,
    linked_context,
    read_document,
    read_flag,
    read_names,
    read_parameters,
)
from api.ngsi.merging import Merged, find_dataset
from api.ngsi.refusal import absent, bad

ENTITIES = "/ngsi-ld/v1/entities/"


async def create_entity(request: Request, editor: Editor) -> Response:
    """Make an entity. Raises ProblemError."""
    read_parameters(request, {"local"})
    draft, _ = await read_draft(request, editor, is_whole=True)
    assert draft.urn is not None  # of a whole entity
    async with editor.reading() as reader:
        await holding.require_free(reader, draft.urn)
    async with editor.writing("create", draft.urn) as connection:
        await holding.make(Holder(connection, editor.territory_id), draft)
    return Response(status_code=201, headers={"Location": ENTITIES + quote(draft.urn, safe=":")})


async def replace_entity(request: Request, editor: Editor, urn: str) -> Response:
    """Give an entity all its attributes anew. Raises ProblemError."""
    read_parameters(request, {"local"})
    draft, _ = await read_draft(request, editor)
    require_same(draft, urn)
    await require_writable(editor, urn)
    async with editor.writing("replace", urn) as connection:
        await holding.put_whole(Holder(connection, editor.territory_id), urn, draft)
    return Response(status_code=204)


async def merge_entity(request: Request, editor: Editor, urn: str) -> Response:
    """Merge a patch into an entity. Raises ProblemError."""
    parameters = read_parameters(request, {"observedAt", "lang", "options", "format", "local"})
    observed = read_instant(parameters["observedAt"], "observedAt").written if "observedAt" in parameters else None
    draft, _ = await read_draft(request, editor, may_null=True)
    require_same(draft, urn)
    await require_writable(editor, urn)
    async with editor.writing("merge", urn) as connection:
        holder = Holder(connection, editor.territory_id)
        await holding.change(holder, urn, draft, lambda before: merging.merge(before, draft, observed))
    return Response(status_code=204)


async def drop_entity(request: Request, editor: Editor, urn: str) -> Response:
    """Delete an entity. Raises ProblemError."""
    read_parameters(request, {"local", "type"})
    read_urn(urn)
    await require_writable(editor, urn)
    async with editor.writing("delete", urn) as connection:
        await holding.drop(Holder(connection, editor.territory_id), urn)
    return Response(status_code=204)


async def append_attributes(request: Request, editor: Editor, urn: str) -> Response:
    """Give an entity more attributes. Raises ProblemError."""
    overwrite = "noOverwrite" not in read_write_options(request, {"noOverwrite"})
    draft, context = await read_draft(request, editor)
    require_same(draft, urn)
    await require_writable(editor, urn)
    async with editor.writing("append", urn) as connection:
        holder = Holder(connection, editor.territory_id)
        merged = await holding.change(
            holder, urn, draft, lambda before: merging.append(before, draft, overwrite=overwrite)
        )
    return answer_update(merged, context)


async def update_attributes(request: Request, editor: Editor, urn: str) -> Response:
    """Give attributes anew that an entity has. Raises ProblemError."""
    read_write_options(request, set())
    draft, context = await read_draft(request, editor, may_null=True)
    require_same(draft, urn)
    await require_writable(editor, urn)
    async with editor.writing("update", urn) as connection:
        holder = Holder(connection, editor.territory_id)
        merged = await holding.change(holder, urn, draft, lambda before: merging.update(before, draft))
    return answer_update(merged, context)


async def change_attribute(request: Request, editor: Editor, urn: str, name: str) -> Response:
    """Change members of one attribute. Raises ProblemError."""
    read_write_options(request, set())
    document, context = await read_fragment(request, editor)
    iri = context.expand(name.rstrip("/"))
    read_urn(urn)
    await require_writable(editor, urn)
    if not isinstance(document, dict):
        raise bad("the body is an object with the members of the attribute to change, such as value")

    def how(before: Attributes) -> Merged:
        index = find_dataset(before.get(iri, []), document.get("datasetId"))
        if index is None:
            raise absent(f"the entity {urn} has no attribute {name[:100]!r}, or none of this datasetId")
        return changed(before, iri, before[iri][index], document, context)

    async with editor.writing("change", urn, {"attribute": name[:500]}) as connection:
        await holding.change(Holder(connection, editor.territory_id), urn, Draft(urn, [], None), how)
    return Response(status_code=204)


def changed(before: Attributes, iri: str, old: Instance, document: dict[str, Any], context: Context) -> Merged:
    """Put members of an attribute in the place of those it has. Raises ProblemError."""
    member = MEMBER[old["type"]]
    if document.get("type", old["type"]) != old["type"]:
        raise bad(f"the attribute is a {old['type']}: to make another of it, put it anew")
    whole = {"type": old["type"], member: old[member], **document}
    new = read_instance(iri, whole, context, may_null=True, depth=0)
    merged = Merged(dict(before))
    if merging.takes_away(new):
        merged.take(iri, old.get("datasetId"))
    else:
        merged.put(iri, [merging.without_nulls({**old, **new})])
    return merged


async def replace_attribute(request: Request, editor: Editor, urn: str, name: str) -> Response:
    """Give one attribute anew. Raises ProblemError."""
    read_write_options(request, set())
    document, context = await read_fragment(request, editor)
    iri = context.expand(name.rstrip("/"))
    read_urn(urn)
    await require_writable(editor, urn)
    instances = read_attribute(name, document, context)

    def how(before: Attributes) -> Merged:
        if iri not in before:
            raise absent(f"the entity {urn} has no attribute {name[:100]!r}: add it with POST")
        return Merged({**before, iri: instances}, {iri: instances})

    async with editor.writing("replace", urn, {"attribute": name[:500]}) as connection:
        await holding.change(Holder(connection, editor.territory_id), urn, Draft(urn, [], None), how)
    return Response(status_code=204)


async def drop_attribute(request: Request, editor: Editor, urn: str, name: str) -> Response:
    """Delete an attribute: its default instance, that of a datasetId, or with `deleteAll` all. Raises ProblemError."""
    parameters = read_parameters(request, {"datasetId", "deleteAll", "local", "type"})
    delete_all, dataset = read_flag(parameters, "deleteAll"), parameters.get("datasetId") or None
    read_urn(urn)
    async with editor.reading() as reader:
        iri = (await linked_context(request, reader)).expand(name.rstrip("/"))
        await holding.require_writable(reader, urn)

    def how(before: Attributes) -> Merged:
        instances = before.get(iri, [])
        if not instances or (not delete_all and find_dataset(instances, dataset) is None):
            raise absent(f"the entity {urn} has no attribute {name[:100]!r}, or none of this datasetId")
        merged = Merged(dict(before))
        for one in list(instances):
            if delete_all or one.get("datasetId") == dataset:
                merged.take(iri, one.get("datasetId"))
        return merged

    async with editor.writing("delete", urn, {"attribute": name[:500]}) as connection:
        await holding.change(Holder(connection, editor.territory_id), urn, Draft(urn, [], None), how)
    return Response(status_code=204)


async def read_draft(
    request: Request, editor: Editor, *, is_whole: bool = False, may_null: bool = False
) -> tuple[Draft, Context]:
    """Read an entity, or a part of one, with its context. Raises ProblemError."""
    document, context = await read_fragment(request, editor)
    return read_entity(document, context, is_whole=is_whole, may_null=may_null), context


async def read_fragment(request: Request, editor: Editor) -> tuple[Any, Context]:
    """Read a body with its context. Raises ProblemError."""
    async with editor.reading() as reader:
        written = await read_document(request, reader, patch=request.method == "PATCH")
        return written.document, await context_of(written, written.document, reader)


async def require_writable(editor: Editor, urn: str) -> None:
    """Refuse to change what the registry tells. Raises ProblemError."""
    async with editor.reading() as reader:
        await holding.require_writable(reader, urn)


def require_same(draft: Draft, urn: str) -> None:
    """Refuse a body that names another entity than the address. Raises ProblemError."""
    read_urn(urn)
    if draft.urn is not None and draft.urn != urn and not is_null(draft.urn):
        raise bad(f"the body is about {draft.urn[:200]}, the address about {urn[:200]}")


def read_write_options(request: Request, known: Iterable[str]) -> set[str]:
    """Read how a write is meant. Raises ProblemError."""
    parameters = read_parameters(request, {"options", "format", "local", "type"})
    words = {*(read_names(parameters.get("options")) or ()), *(read_names(parameters.get("format")) or ())}
    forms = {"normalized", "concise"}
    if unknown := sorted(words - set(known) - forms):
        raise bad(f"options: {unknown[0][:40]!r} is none of {', '.join(sorted({*known, *forms}))}")
    return words


def answer_update(merged: Merged, context: Context) -> Response:
    """Say what was written and what was not; nothing, where all was."""
    if not merged.not_updated:
        return Response(status_code=204)
    body = {
        "updated": [context.compact(name) for name in merged.written],
        "notUpdated": [
            {"attributeName": context.compact(name), "reason": reason} for name, reason in merged.not_updated.items()
        ],
    }
    return Response(msgspec.json.encode(body), 207, media_type=JSON)
