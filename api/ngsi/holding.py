"""Makes, changes and deletes entities of clients within one transaction, each with its past."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from api.ngsi.drafts import Attributes, Draft
from api.ngsi.instant import instant_text
from api.ngsi.merging import Merged, as_past, stamped
from api.ngsi.reading import is_of_registry
from api.ngsi.refusal import absent, exists, unsupported
from store.ngsi.writing import (
    Content,
    delete_entity,
    insert_entity,
    insert_instances,
    lock_entity,
    update_entity,
)
from store.reader import Connection, Row


@dataclass(frozen=True, slots=True)
class Holder:
    """The transaction of a write, and the territory in which its entities lie."""

    connection: Connection
    territory_id: int


async def require_free(reader: Connection, urn: str) -> None:
    """Refuse to make an entity that the registry tells of. Raises ProblemError."""
    if await is_of_registry(reader, urn):
        raise exists(urn)


async def require_writable(reader: Connection, urn: str) -> None:
    """Refuse to change what the registry tells. Raises ProblemError."""
    if await is_of_registry(reader, urn):
        raise unsupported(
            f"{urn} is told by Vigie's registry: change the asset there, and send what was measured as messages"
        )


async def make(holder: Holder, draft: Draft) -> None:
    """Make an entity. Raises ProblemError where there is one."""
    assert draft.urn is not None  # of a whole entity
    now = datetime.now(UTC)
    attributes = stamped(draft.attributes, instant_text(now))
    content = Content(draft.types, draft.scopes or [], attributes, True, now)
    row = await lock_entity(holder.connection, holder.territory_id, draft.urn)
    if row is not None and row["attributes"] is not None:
        raise exists(draft.urn)
    if row is None:
        key = await insert_entity(holder.connection, holder.territory_id, draft.urn, content)
        if key is None:  # another was quicker
            raise exists(draft.urn)
    else:
        key = int(row["key"])
        await update_entity(holder.connection, key, content, is_new=True)
    await insert_instances(holder.connection, key, as_past(draft.attributes))


async def find(holder: Holder, urn: str) -> Row:
    """Give an entity and keep others from changing it. Raises ProblemError where it is not there."""
    row = await lock_entity(holder.connection, holder.territory_id, urn)
    if row is None or row["attributes"] is None:
        raise absent(f"no entity {urn[:200]!r} in this territory")
    return row


async def change(holder: Holder, urn: str, draft: Draft, how: Callable[[Attributes], Merged]) -> Merged:
    """Change an entity as `how` says, its scopes and types as the draft says. Raises ProblemError."""
    row = await find(holder, urn)
    now = datetime.now(UTC)
    merged = how(row["attributes"])
    attributes = dict(merged.attributes)
    for name in merged.written:
        if name in attributes:
            attributes |= stamped({name: attributes[name]}, instant_text(now))
    types = list(dict.fromkeys([*row["types"], *draft.types]))
    scopes = row["scopes"] if draft.scopes is None else draft.scopes
    await update_entity(holder.connection, int(row["key"]), Content(types, scopes, attributes, True, now))
    await insert_instances(holder.connection, int(row["key"]), as_past(merged.written))
    return merged


async def put_whole(holder: Holder, urn: str, draft: Draft) -> None:
    """Give an entity all its attributes anew. Raises ProblemError."""
    row = await find(holder, urn)
    now = datetime.now(UTC)
    types = draft.types or row["types"]
    content = Content(types, draft.scopes or [], stamped(draft.attributes, instant_text(now)), True, now)
    await update_entity(holder.connection, int(row["key"]), content)
    await insert_instances(holder.connection, int(row["key"]), as_past(draft.attributes))


async def drop(holder: Holder, urn: str) -> None:
    """Delete an entity; its past stays. Raises ProblemError where it is not there."""
    row = await find(holder, urn)
    if row["is_temporal"]:
        await update_entity(
            holder.connection, int(row["key"]), Content(row["types"], [], None, True, datetime.now(UTC))
        )
    else:
        await delete_entity(holder.connection, int(row["key"]))
