"""What clients write: entities beside the registry, made, changed and deleted in the caller's transaction.

Whether the caller may see what an entity refers to is asked before, over a limited connection.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from store.reader import Connection, Row, fetch
from store.sensorthings.errors import QuestionError
from store.sensorthings.model import EntitySet, Id, Relation, find_key
from store.sql import load_queries

QUERIES = load_queries(__file__)
# What an insert or update names beside the properties: columns of what it belongs to, null where not.
BELONGS = {
    "HistoricalLocations": ("thing_own",),
    "Datastreams": (
        "thing_own",
        "thing_asset",
        "sensor_own",
        "sensor_device",
        "property_own",
        "property_quantity",
    ),
    "MultiDatastreams": ("thing_own", "thing_asset", "sensor_own", "sensor_device"),
    "Observations": ("datastream_own", "multi_own", "feature_own", "feature_asset"),
}


async def insert_entity(
    connection: Connection, entity_set: EntitySet, territory_id: int, values: Mapping[str, Any]
) -> int:
    """Make an entity of its properties and of columns such as `thing_own`, and give its id."""
    parameters = {"territory_id": territory_id, **row_parameters(entity_set, values)}
    rows = await fetch(connection, QUERIES[f"insert_{entity_set.name}"], parameters)
    return int(rows[0]["id"])


async def update_entity(connection: Connection, entity_set: EntitySet, id_: int, values: Mapping[str, Any]) -> None:
    """Give an entity all its properties anew; of what it belongs to, what is named."""
    parameters = {"id": id_, **row_parameters(entity_set, values)}
    await connection.execute(QUERIES[f"update_{entity_set.name}"], parameters)


async def delete_entity(connection: Connection, entity_set: EntitySet, id_: int) -> bool:
    """Delete an entity with all that cannot be without it; say whether it was there."""
    cursor = await connection.execute(QUERIES[f"delete_{entity_set.name}"], {"id": id_})
    return cursor.rowcount > 0


def row_parameters(entity_set: EntitySet, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give all parameters of a row; what is not there is null."""
    found: dict[str, Any] = dict.fromkeys(BELONGS.get(entity_set.name, ()))
    for name, one in entity_set.properties.items():
        value = values.get(name)
        is_json = one.kind in {"json", "result"} and (value is not None or one.kind == "result")
        found[name] = Jsonb(value) if is_json else value
        if one.end:
            found[f"{name}/end"] = values.get(f"{name}/end")
    return found | {name: values[name] for name in BELONGS.get(entity_set.name, ()) if name in values}


def belonging(relation: Relation, target: EntitySet, id_: Id) -> dict[str, Id]:
    """Give the column and key by which an entity refers to another.

    Raises
    ------
    QuestionError
        Nothing that clients write may refer to such an entity.
    """
    key = find_key(target, id_)
    columns = {column for names in BELONGS.values() for column in names}
    if key is None or f"{relation.column}_{key.branch}" not in columns:
        raise QuestionError(f"{target.type} {id_!r} cannot be referred to: it stands in for one that there is not")
    return {f"{relation.column}_{key.branch}": key.value}


async def move_thing(connection: Connection, thing_id: int, location_ids: Sequence[int]) -> None:
    """Put a thing at locations instead of where it was, and keep that it was put there now."""
    await connection.execute(QUERIES["move_thing"], {"thing_id": thing_id, "location_ids": list(location_ids)})


async def place_history(connection: Connection, history_id: int, location_ids: Sequence[int]) -> None:
    """Say of which locations a historical one tells."""
    await connection.execute(QUERIES["place_history"], {"history_id": history_id, "location_ids": list(location_ids)})


async def put_properties(connection: Connection, datastream_id: int, property_ids: Sequence[int]) -> None:
    """Say what the values of a MultiDatastream's observations are of, in their order."""
    parameters = {"datastream_id": datastream_id, "property_ids": list(property_ids)}
    await connection.execute(QUERIES["drop_properties"], {"datastream_id": datastream_id})
    await connection.execute(QUERIES["put_properties"], parameters)


async def find_multi(connection: Connection, observation_id: int) -> int | None:
    """Give the MultiDatastream to which an observation belongs, None where it belongs to another."""
    rows = await fetch(connection, QUERIES["find_multi"], {"id": observation_id})
    return int(rows[0]["datastream_id"]) if rows else None


async def count_values(connection: Connection, datastream_id: int) -> tuple[int, int, int]:
    """Count the types, the units and the observed properties of a MultiDatastream: all are one for each value."""
    rows = await fetch(connection, QUERIES["count_values"], {"datastream_id": datastream_id})
    row = rows[0]
    return int(row["n_types"]), int(row["n_units"]), int(row["n_properties"])


async def find_feature(connection: Connection, datastream_id: int) -> dict[str, Any] | None:
    """Give the columns of the feature for observations that name none; None where the thing is nowhere."""
    rows = await fetch(connection, QUERIES["find_feature"], {"datastream_id": datastream_id})
    if not rows:
        return None
    row = rows[0]
    if row["asset_id"] is not None:
        return {"feature_asset": row["asset_id"]}
    if row["location_id"] is None:
        return None
    if row["feature_id"] is None:
        row = (await fetch(connection, QUERIES["make_feature"], {"location_id": row["location_id"]}))[0]
    return {"feature_own": row["feature_id"]}


async def find_series(connection: Connection, series_ids: Sequence[int]) -> dict[int, Row]:
    """Give how messages name these series; those that are computed have no name."""
    rows = await fetch(connection, QUERIES["find_series"], {"series_ids": list(series_ids)})
    return {row["series_id"]: row for row in rows}
