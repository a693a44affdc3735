"""Answers writes of the past: values of entities that clients write, each with the time to which it belongs."""

from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from api.ngsi import holding
from api.ngsi.access import Editor
from api.ngsi.drafts import Draft, read_entity, read_urn
from api.ngsi.editing import read_fragment, require_same, require_writable
from api.ngsi.media import linked_context, read_flag, read_parameters
from api.ngsi.merging import as_past
from api.ngsi.past import INSTANCE
from api.ngsi.refusal import absent, bad
from store.ngsi.writing import (
    Content,
    delete_entity,
    delete_instances,
    insert_entity,
    insert_instances,
    lock_entity,
    update_entity,
    update_instance,
)
from store.reader import Connection, Row

TEMPORAL_ENTITIES = "/ngsi-ld/v1/temporal/entities/"


async def create_past(request: Request, editor: Editor) -> Response:
    """Write the past of an entity down: 201 where none was known, else 204. Raises ProblemError."""
    read_parameters(request, {"local"})
    document, context = await read_fragment(request, editor)
    draft = read_entity(document, context, is_past=True)
    assert draft.urn is not None  # of a whole entity
    await require_writable(editor, draft.urn)
    async with editor.writing("create past", draft.urn) as connection:
        row = await lock_entity(connection, editor.territory_id, draft.urn)
        key = await remember(connection, editor.territory_id, draft, row)
        await insert_instances(connection, key, as_past(draft.attributes))
    if row is not None and row["is_temporal"]:
        return Response(status_code=204)
    return Response(status_code=201, headers={"Location": TEMPORAL_ENTITIES + quote(draft.urn, safe=":")})


async def remember(connection: Connection, territory_id: int, draft: Draft, row: Row | None) -> int:
    """Make an entity one that has a past, and give its number. Raises ProblemError."""
    assert draft.urn is not None  # of a whole entity
    now = datetime.now(UTC)
    if row is None:
        key = await insert_entity(
            connection, territory_id, draft.urn, Content(draft.types, draft.scopes or [], None, True, now)
        )
        if key is None:
            raise bad(f"{draft.urn} was made by another request at the same time: send it again")
        return key
    types = list(dict.fromkeys([*row["types"], *draft.types]))
    scopes = row["scopes"] if draft.scopes is None else draft.scopes
    await update_entity(connection, int(row["key"]), Content(types, scopes, row["attributes"], True, now))
    return int(row["key"])


async def append_past(request: Request, editor: Editor, urn: str) -> Response:
    """Write more values of the past down. Raises ProblemError."""
    read_parameters(request, {"local"})
    document, context = await read_fragment(request, editor)
    draft = read_entity(document, context, is_whole=False, is_past=True)
    require_same(draft, urn)
    await require_writable(editor, urn)
    async with editor.writing("append past", urn) as connection:
        row = await find_past(connection, editor, urn)
        await insert_instances(connection, int(row["key"]), as_past(draft.attributes))
    return Response(status_code=204)


async def find_past(connection: Connection, editor: Editor, urn: str) -> Row:
    """Give an entity that has a past. Raises ProblemError."""
    row = await lock_entity(connection, editor.territory_id, urn)
    if row is None or not row["is_temporal"]:
        raise absent(f"no entity {urn[:200]!r} with a past in this territory")
    return row


async def drop_past(request: Request, editor: Editor, urn: str) -> Response:
    """Delete the past of an entity; what holds now stays. Raises ProblemError."""
    read_parameters(request, {"local"})
    read_urn(urn)
    await require_writable(editor, urn)
    async with editor.writing("delete past", urn) as connection:
        row = await find_past(connection, editor, urn)
        key = int(row["key"])
        if row["attributes"] is None:
            await delete_entity(connection, key)
        else:
            await delete_instances(connection, key)
            content = Content(row["types"], row["scopes"], row["attributes"], False, row["modified_at"])
            await update_entity(connection, key, content)
    return Response(status_code=204)


async def drop_past_values(request: Request, editor: Editor, urn: str, name: str) -> Response:
    """Delete values of an attribute: one by its instanceId, those of a datasetId, or all. Raises ProblemError."""
    parameters = read_parameters(request, {"datasetId", "deleteAll", "local"})
    delete_all = read_flag(parameters, "deleteAll")
    name, instance_id = split_instance(name)
    read_urn(urn)
    async with editor.reading() as reader:
        iri = (await linked_context(request, reader)).expand(name)
        await holding.require_writable(reader, urn)
    dataset = None if delete_all or instance_id is not None else parameters.get("datasetId") or ""
    async with editor.writing("delete past", urn, {"attribute": name[:500]}) as connection:
        row = await find_past(connection, editor, urn)
        if not await delete_instances(connection, int(row["key"]), iri, dataset, instance_id):
            raise absent(f"the entity {urn[:200]} had no such value of {name[:100]!r}")
    return Response(status_code=204)


async def change_past_value(request: Request, editor: Editor, urn: str, name: str) -> Response:
    """Give one value of the past anew. Raises ProblemError."""
    read_parameters(request, {"local"})
    name, instance_id = split_instance(name)
    if instance_id is None:
        raise bad("the address ends with the instanceId of the value to change")
    document, context = await read_fragment(request, editor)
    draft = read_entity(document, context, is_whole=False, is_past=True)
    iri = context.expand(name)
    values = draft.attributes.get(iri, [])
    if len(values) != 1:
        raise bad(f"the body holds one value of {name[:100]!r}")
    await require_writable(editor, urn)
    (instance,) = as_past({iri: values})
    async with editor.writing("change past", urn, {"attribute": name[:500]}) as connection:
        row = await find_past(connection, editor, urn)
        if not await update_instance(connection, int(row["key"]), instance_id, instance):
            raise absent(f"the entity {urn[:200]} had no such value of {name[:100]!r}")
    return Response(status_code=204)


def split_instance(path: str) -> tuple[str, int | None]:
    """Take the name of an attribute and an instanceId apart. Raises ProblemError."""
    name, slash, last = path.rstrip("/").rpartition("/")
    if not slash or not last.startswith("urn:"):
        return path.rstrip("/"), None
    number = last.removeprefix(INSTANCE)
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        raise absent(f"there is no value {last[:200]!r}")
    return name, int(number)
