"""An entity as it is worked with, wherever it comes from, and the reading of many of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.ngsi.drafts import Attributes
from api.ngsi.registry import DEVICE_QUANTITIES, attributes_now, type_of
from store.ngsi.reading import OWN, Listed, read_heads, read_values
from store.reader import Connection, Row


@dataclass(slots=True)
class Entity:
    """An entity with its attributes as they are stored; `modified_at` is None for what nobody writes."""

    urn: str
    types: list[str]
    attributes: Attributes
    created_at: datetime
    modified_at: datetime | None = None
    scopes: list[str] = field(default_factory=list)


async def read_entities(connection: Connection, listed: Sequence[Listed]) -> list[Entity]:
    """Read entities with all that holds of them now, in the order in which they are listed."""
    found: dict[tuple[int, int], Entity] = {}
    for branch in sorted({one.branch for one in listed}):
        keys = [one.key for one in listed if one.branch == branch]
        heads = await read_heads(connection, branch, keys)
        urns = {one.key: one.urn for one in listed if one.branch == branch}
        if branch == OWN:
            found |= {(branch, head["key"]): own_entity(head) for head in heads}
            continue
        values: dict[int, list[Row]] = {}
        for row in await read_values(connection, branch, keys, DEVICE_QUANTITIES):
            values.setdefault(row["key"], []).append(row)
        for head in heads:
            attributes = attributes_now(branch, head, values.get(head["key"], ()))
            types = [type_of(branch, head)]
            found[branch, head["key"]] = Entity(urns[head["key"]], types, attributes, head["created_at"])
    return [found[one.branch, one.key] for one in listed if (one.branch, one.key) in found]


def own_entity(head: Row) -> Entity:
    """Give an entity that a client wrote."""
    return Entity(
        head["urn"], head["types"], head["attributes"] or {}, head["created_at"], head["modified_at"], head["scopes"]
    )
