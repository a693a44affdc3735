"""Makes, changes and deletes entities: what a key may see is asked first, then all is written in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.errors import ProblemError
from api.sensorthings.drafts import Draft, references
from api.sensorthings.links import identity
from api.sensorthings.refusal import refused
from api.sensorthings.rendering import Body
from store.reader import Connection
from store.sensorthings.model import OWN, SETS, EntitySet, Id
from store.sensorthings.question import Question, read_entities
from store.sensorthings.writing import (
    belonging,
    count_values,
    find_feature,
    find_multi,
    insert_entity,
    move_thing,
    place_history,
    put_properties,
    update_entity,
)


@dataclass(frozen=True, slots=True)
class Writer:
    """The transaction of a write, and the territory in which new entities lie."""

    connection: Connection
    territory_id: int


async def require_seen(connection: Connection, one: Draft) -> None:
    """Refuse a draft that names what is not there for this key. Raises ProblemError."""
    await require_entities(connection, references(one))


async def require_entities(connection: Connection, named: Sequence[tuple[EntitySet, Id]]) -> None:
    """Refuse entities that are not there for this key. Raises ProblemError."""
    for entity_set in SETS.values():
        ids = {id_ for target, id_ in named if target is entity_set}
        rows = await read_entities(connection, Question(entity_set), sorted(ids, key=str)) if ids else []
        missing = ids - {identity(entity_set, row["id"]) for row in rows}
        if missing:
            raise refused(f"no {entity_set.type} {sorted(missing, key=str)[0]!r} for this key")


def require_own(entity_set: EntitySet, id_: Id) -> int:
    """Give the id of what a client wrote. Raises ProblemError for what is the registry's."""
    if not isinstance(id_, int) or id_ < OWN:
        raise ProblemError(
            403,
            f"this {entity_set.type} is of Vigie's registry: it is changed there, by /v1, the page or `vigie`; "
            "over SensorThings only what was made over SensorThings can be changed and deleted",
        )
    return id_


async def create(writer: Writer, one: Draft, given: dict[str, Any] | None = None) -> int:
    """Make an entity and all that is written within it; `given` says what it belongs to. Raises ProblemError."""
    columns = dict(given or {})
    for name, relation in one.entity_set.relations.items():
        if relation.column is not None and name in one.related:
            columns |= await refer(writer, one.entity_set, name, one.related[name][0])
    await complete(writer, one.entity_set, columns)
    await require_values(writer, one, columns)
    id_ = await insert_entity(writer.connection, one.entity_set, writer.territory_id, {**one.values, **columns})
    await put_places(writer, one, id_)
    await put_observed(writer, one, id_)
    for name, relation in one.entity_set.relations.items():
        if relation.back is not None:
            await create_within(writer, one, name, id_)
    return id_


async def refer(writer: Writer, entity_set: EntitySet, name: str, item: "Id | Draft") -> dict[str, Any]:
    """Give the columns that refer to a related entity, which is made if it is written out. Raises ProblemError."""
    relation = entity_set.relations[name]
    target_id = await create(writer, item) if isinstance(item, Draft) else item
    return dict(belonging(relation, SETS[relation.target], target_id))


async def complete(writer: Writer, entity_set: EntitySet, columns: dict[str, Any]) -> None:
    """Refuse an entity that belongs to nothing; find the feature of an observation. Raises ProblemError."""
    if {"datastream_own", "multi_own"} <= columns.keys():
        raise refused("Observation belongs to a Datastream or to a MultiDatastream, not to both")
    for name, relation in entity_set.relations.items():
        if relation.column is None or any(column.startswith(f"{relation.column}_") for column in columns):
            continue
        if name == "MultiDatastream" or (name == "Datastream" and "multi_own" in columns):
            continue
        if name != "FeatureOfInterest":
            raise refused(f"{entity_set.type} needs {name}, as {{'@iot.id': …}} or written out")
        feature = await find_feature(writer.connection, columns.get("datastream_own") or columns["multi_own"])
        if feature is None:
            raise refused("Observation needs FeatureOfInterest: its thing has no location to make one of")
        columns |= feature


async def create_within(writer: Writer, one: Draft, name: str, id_: int) -> None:
    """Make the many entities written within another. Raises ProblemError."""
    relation = one.entity_set.relations[name]
    for item in one.related.get(name, ()):
        if not isinstance(item, Draft):
            raise refused(f"{name}: what is there already is changed itself, not from {one.entity_set.type}")
        await create(writer, item, {f"{relation.back}_own": id_})


async def put_places(writer: Writer, one: Draft, id_: int) -> None:
    """Put things at locations, as either of them or a historical location says. Raises ProblemError."""
    kind = one.entity_set.type
    if kind in {"Thing", "HistoricalLocation"} and "Locations" in one.related:
        locations = [await place(writer, "Locations", item) for item in one.related["Locations"]]
        if kind == "Thing":
            await move_thing(writer.connection, id_, locations)
        else:
            await place_history(writer.connection, id_, locations)
    if kind == "Location":
        for item in one.related.get("Things", ()):
            await move_thing(writer.connection, await place(writer, "Things", item), [id_])
        if one.related.get("HistoricalLocations"):
            raise refused("HistoricalLocations are made themselves, not from Location")
    if kind == "Thing" and one.related.get("HistoricalLocations"):
        raise refused("HistoricalLocations are made themselves, not from Thing")


async def place(writer: Writer, name: str, item: "Id | Draft") -> int:
    """Give the id of a thing or location that a client wrote, or writes here. Raises ProblemError."""
    return await create(writer, item) if isinstance(item, Draft) else require_own(SETS[name], item)


async def change(writer: Writer, one: Draft, id_: int, before: Body) -> None:
    """Give an entity the properties of a draft over those it had, and refer to what it names. Raises ProblemError."""
    columns: dict[str, Any] = {}
    for name, relation in one.entity_set.relations.items():
        if relation.column is not None and name in one.related:
            columns |= await refer(writer, one.entity_set, name, one.related[name][0])
        if relation.back is not None and name in one.related:
            raise refused(f"{name} are changed themselves, not from {one.entity_set.type}")
    if one.entity_set.type == "Observation" and not {"multi_own", "datastream_own"} & columns.keys():
        multi = await find_multi(writer.connection, id_)
        await require_values(writer, one, {"multi_own": multi})
    await require_values(writer, one, columns)
    await update_entity(writer.connection, one.entity_set, id_, {**before, **one.values, **columns})
    await put_places(writer, one, id_)
    await put_observed(writer, one, id_)


async def put_observed(writer: Writer, one: Draft, id_: int) -> None:
    """Say what a MultiDatastream observes: a property for each type and unit of its values. Raises ProblemError."""
    if one.entity_set.type == "ObservedProperty" and one.related.get("MultiDatastreams"):
        raise refused("MultiDatastreams are made themselves, not from ObservedProperty")
    if one.entity_set.type != "MultiDatastream":
        return
    if "ObservedProperties" in one.related:
        found = [await place(writer, "ObservedProperties", item) for item in one.related["ObservedProperties"]]
        if len(set(found)) < len(found):
            raise refused("MultiDatastream.ObservedProperties: each once")
        await put_properties(writer.connection, id_, found)
    counts = await count_values(writer.connection, id_)
    if len(set(counts)) > 1 or not counts[0]:
        raise refused(
            "MultiDatastream has as many ObservedProperties as multiObservationDataTypes and unitOfMeasurements, "
            f"not {counts[2]}, {counts[0]} and {counts[1]}"
        )


async def require_values(writer: Writer, one: Draft, columns: Mapping[str, Any]) -> None:
    """Refuse an observation of a MultiDatastream that holds not as many values as it says. Raises ProblemError."""
    if columns.get("multi_own") is None or "result" not in one.values:
        return
    n_values, *_ = await count_values(writer.connection, columns["multi_own"])
    result = one.values["result"]
    if not isinstance(result, list) or len(result) != n_values:
        raise refused(f"Observation.result is a list of {n_values} values for this MultiDatastream")
