"""What clients write: entities beside the registry and their past, in the caller's transaction.

Whether the caller may write in the territory is asked before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from psycopg.types.json import Jsonb

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)


class Instance(NamedTuple):
    """One value that an attribute has or had; `dataset` is empty for the default one."""

    attribute: str
    dataset: str
    body: dict[str, Any]  # Any: JSON
    observed_at: datetime | None


class Content(NamedTuple):
    """An entity as it is stored, and when it was written; `attributes` None where only its past is."""

    types: list[str]
    scopes: list[str]
    attributes: dict[str, list[dict[str, Any]]] | None
    is_temporal: bool
    at: datetime


async def lock_entity(connection: Connection, territory_id: int, urn: str) -> Row | None:
    """Give an entity and keep others from changing it until the end of the transaction."""
    rows = await fetch(connection, QUERIES["lock_entity"], {"territory_id": territory_id, "urn": urn})
    return rows[0] if rows else None


async def insert_entity(connection: Connection, territory_id: int, urn: str, content: Content) -> int | None:
    """Make an entity and give its number; None where there is one of this address."""
    parameters = {"territory_id": territory_id, "urn": urn, **content_parameters(content)}
    rows = await fetch(connection, QUERIES["insert_entity"], parameters)
    return int(rows[0]["key"]) if rows else None


async def update_entity(connection: Connection, key: int, content: Content, *, is_new: bool = False) -> None:
    """Give an entity all its content anew; `is_new` where it was only remembered before."""
    await connection.execute(QUERIES["update_entity"], {"key": key, "is_new": is_new, **content_parameters(content)})


def content_parameters(content: Content) -> dict[str, object]:
    """Give the columns of an entity."""
    return {
        "types": content.types,
        "scopes": content.scopes,
        "attributes": None if content.attributes is None else Jsonb(content.attributes),
        "is_temporal": content.is_temporal,
        "at": content.at,
    }


async def delete_entity(connection: Connection, key: int) -> None:
    """Delete an entity with its past."""
    await connection.execute(QUERIES["delete_entity"], {"key": key})


async def insert_instances(connection: Connection, key: int, instances: Sequence[Instance]) -> None:
    """Write values down as past."""
    if instances:
        parameters = {
            "key": key,
            "attributes": [one.attribute for one in instances],
            "datasets": [one.dataset for one in instances],
            "bodies": [msgspec.json.encode(one.body).decode() for one in instances],
            "observed": [one.observed_at for one in instances],
        }
        await connection.execute(QUERIES["insert_instances"], parameters)


async def delete_instances(
    connection: Connection,
    key: int,
    attribute: str | None = None,
    dataset: str | None = None,
    instance_id: int | None = None,
) -> int:
    """Delete what was of an entity, an attribute, a dataset of it or one value, and say how many there were."""
    parameters = {"key": key, "attribute": attribute, "dataset": dataset, "instance_id": instance_id}
    cursor = await connection.execute(QUERIES["delete_instances"], parameters)
    return cursor.rowcount


async def update_instance(connection: Connection, key: int, instance_id: int, instance: Instance) -> bool:
    """Give one value of the past anew; say whether it was there."""
    parameters = {"key": key, "instance_id": instance_id, **instance._asdict(), "body": Jsonb(instance.body)}
    cursor = await connection.execute(QUERIES["update_instance"], parameters)
    return cursor.rowcount > 0
