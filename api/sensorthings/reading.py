"""Answers a GET: finds where the path leads, reads the rows, then what comes along with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from api.parameters import EARLIEST, LATEST
from api.sensorthings.links import address, identity, next_link, read_token
from api.sensorthings.options import MOST_ENTITIES, NESTED_TOP, TOP, Options, too_many
from api.sensorthings.refusal import absent
from api.sensorthings.rendering import (
    COUNTED,
    EXPANDED,
    FOLLOWED,
    Body,
    describe,
    describe_array,
    property_value,
)
from api.sensorthings.resource import Resource, Step
from api.sensorthings.shapes import measure
from store.count import count_measurements
from store.reader import Connection, Row
from store.sensorthings.expression import Literal, Operation, Path
from store.sensorthings.model import SETS, EntitySet, Id, Relation, find_key
from store.sensorthings.question import (
    Near,
    Question,
    count_rows,
    read_entities,
    read_page,
    read_related,
    without_page,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: to the entity `id`, or to a set, of which `near` leaves only what is related."""

    entity_set: EntitySet
    id: Id | None
    near: Near | None


class Budget:
    """How many entities one answer may still hold."""

    def __init__(self, left: int = MOST_ENTITIES) -> None:
        self._left = left

    def spend(self, n_entities: int) -> None:
        """Take them off. Raises ProblemError where it is too much."""
        self._left -= n_entities
        if self._left < 0:
            raise too_many(MOST_ENTITIES)


@dataclass(frozen=True, slots=True)
class Reading:
    """What stays the same through one request."""

    connection: Connection
    root: str
    url: str
    budget: Budget = field(default_factory=Budget)


async def answer(reading: Reading, resource: Resource, options: Options) -> Any:
    """Give the JSON of a resource, or for `$value` the bare value.

    Raises
    ------
    ProblemError
        404 where an entity of the path is not there for this key.
    """
    place = await locate(reading.connection, resource)
    if place.id is None:
        return await answer_set(reading, place, resource, options)
    if resource.within == ("id",):
        return place.id if resource.is_value else {"@iot.id": place.id}
    question = Question(place.entity_set, wanted(place.entity_set, options))
    rows = await read_entities(reading.connection, question, [place.id])
    if not rows:
        raise gone(place.entity_set, place.id)
    if resource.is_reference:
        return {"@iot.selfLink": address(reading.root, place.entity_set, place.id)}
    if resource.within:
        return answer_property(rows[0], place.entity_set, resource)
    await expand(reading, rows, place.entity_set, options)
    return describe(rows[0], place.entity_set, options, reading.root)


async def locate(connection: Connection, resource: Resource) -> Place:
    """Follow a path; each entity on it must be there and belong to the one before. Raises ProblemError."""
    place = Place(resource.steps[0].entity_set, resource.steps[0].id, None)
    for step in resource.steps[1:]:
        assert place.id is not None  # a step follows only an entity
        place = await take_step(connection, place.entity_set, place.id, step)
    return place


async def take_step(connection: Connection, entity_set: EntitySet, id_: Id, step: Step) -> Place:
    """Go from an entity to what is related. Raises ProblemError."""
    key = find_key(entity_set, id_)
    rows = await read_entities(connection, Question(entity_set), [id_])
    if key is None or not rows:
        raise gone(entity_set, id_)
    relation = entity_set.relations[step.name]
    if relation.column is not None:
        target = rows[0][f"{relation.column}_id"]
        if target is None:
            raise absent(f"{entity_set.type} {id_} has no {step.name}")
        return Place(step.entity_set, identity(step.entity_set, target), None)
    near = Near(entity_set, relation, key, id_)
    if step.id is not None:
        same = Operation("eq", Path(("id",)), Literal(step.id))
        if not await read_page(connection, Question(step.entity_set, near=near, where=same, limit=1)):
            raise gone(step.entity_set, step.id)
    return Place(step.entity_set, step.id, near)


def gone(entity_set: EntitySet, id_: Id) -> Exception:
    """Give the error for an entity that is not there."""
    return absent(f"no {entity_set.type} {id_!r} for this key")


def answer_property(row: Row, entity_set: EntitySet, resource: Resource) -> Any:
    """Give a property, or what lies within it. Raises ProblemError."""
    name, *within = resource.within
    value = property_value(row, name, entity_set.properties[name])
    for part in within:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise absent(f"{name} has no {part[:60]!r} within it")
    return value if resource.is_value else {resource.within[-1]: value}


async def answer_set(reading: Reading, place: Place, resource: Resource, options: Options) -> Body:
    """Give a page of a set."""
    question = await ask(reading.connection, place, options)
    body: Body = {}
    if options.count:
        body["@iot.count"] = await count(reading.connection, question)
    rows = await read_page(reading.connection, replace(question, limit=question.limit + 1)) if question.limit else []
    is_more, rows = len(rows) > question.limit, rows[: question.limit]
    if is_more:
        by_key = question.of_one_series or not (options.orders or question.is_placed)
        is_falling = bool(options.orders) and options.orders[0].is_falling
        body["@iot.nextLink"] = next_link(reading.url, options, len(rows), rows[-1], by_key, is_falling)
    if resource.is_reference:
        links = (address(reading.root, place.entity_set, identity(place.entity_set, row["id"])) for row in rows)
        return {**body, "value": [{"@iot.selfLink": link} for link in links]}
    if options.result_format:
        return {**body, "value": describe_array(rows, place.entity_set, options, reading.root)}
    await expand(reading, rows, place.entity_set, options)
    return {**body, "value": [describe(row, place.entity_set, options, reading.root) for row in rows]}


async def ask(connection: Connection, place: Place, options: Options, default: int = TOP) -> Question:
    """Make the question that options put to a set. Raises ProblemError."""
    where = options.where
    return Question(
        entity_set=place.entity_set,
        properties=wanted(place.entity_set, options),
        near=place.near,
        where=where,
        orders=options.orders,
        limit=default if options.top is None else options.top,
        skip=options.skip,
        after=read_token(options.skip_token),
        measured=await measure(connection, where, place.entity_set) if where is not None else {},
    )


def wanted(entity_set: EntitySet, options: Options) -> tuple[str, ...]:
    """Give the properties to read."""
    return tuple(name for name in entity_set.properties if options.select is None or name in options.select)


async def count(connection: Connection, question: Question) -> int:
    """Count a set: all measurements of a series out of its days, anything else row by row."""
    near = question.near
    if (
        near is not None
        and question.where is None
        and near.relation.back == "datastream"
        and near.key.branch == "series"
    ):
        number = int(near.key.value)
        return (await count_measurements(connection, [number], (EARLIEST, LATEST)))[number]
    return await count_rows(connection, without_page(question))


async def expand(reading: Reading, rows: Sequence[Row], entity_set: EntitySet, options: Options) -> None:
    """Read what comes along with rows, and put it into them."""
    for name, nested in options.expand.items():
        relation = entity_set.relations[name]
        if not rows:
            return
        if relation.is_many:
            await expand_many(reading, rows, entity_set, name, nested)
        else:
            await expand_one(reading, rows, relation, name, nested)


async def expand_one(reading: Reading, rows: Sequence[Row], relation: Relation, name: str, options: Options) -> None:
    """Read the one related entity of each row."""
    target = SETS[relation.target]
    ids = {identity(target, row[f"{relation.column}_id"]) for row in rows if row[f"{relation.column}_id"] is not None}
    question = await ask(reading.connection, Place(target, None, None), options)
    found = await read_entities(reading.connection, question, sorted(ids, key=str))
    await expand(reading, found, target, options)
    reading.budget.spend(len(found))
    by_id = {identity(target, one["id"]): one for one in found}
    for row in rows:
        related = row[f"{relation.column}_id"]
        one = by_id.get(identity(target, related)) if related is not None else None
        row[EXPANDED.format(name)] = [] if one is None else [one]


async def expand_many(
    reading: Reading, rows: Sequence[Row], entity_set: EntitySet, name: str, options: Options
) -> None:
    """Read the related entities of each row, each up to its limit."""
    relation = entity_set.relations[name]
    target = SETS[relation.target]
    question = await ask(reading.connection, Place(target, None, None), options, NESTED_TOP)
    more = replace(question, limit=question.limit + 1)
    ids = [identity(entity_set, row["id"]) for row in rows]
    if relation.back == "feature":
        found = [row for id_ in ids for row in await read_near(reading, more, entity_set, relation, id_)]
    else:
        found = await read_related(reading.connection, more, entity_set, relation, ids)
    reading.budget.spend(len(found))
    for row, id_ in zip(rows, ids, strict=True):
        own = [one for one in found if identity(entity_set, one["parent_id"]) == id_]
        kept = own[: question.limit]
        row[EXPANDED.format(name)] = kept
        if options.count:
            row[COUNTED.format(name)] = await count(
                reading.connection, replace(question, near=near_of(entity_set, relation, id_))
            )
        if len(own) > len(kept) and kept:
            base = f"{address(reading.root, entity_set, id_)}/{name}"
            by_key = not options.orders and relation.place is None
            row[FOLLOWED.format(name)] = next_link(base, options, len(kept), kept[-1], by_key, False)
    await expand(reading, [one for row in rows for one in row[EXPANDED.format(name)]], target, options)


async def read_near(
    reading: Reading, question: Question, entity_set: EntitySet, relation: Relation, id_: Id
) -> list[Row]:
    """Read the related entities of one row."""
    rows = await read_page(reading.connection, replace(question, near=near_of(entity_set, relation, id_)))
    return [{**row, "parent_id": id_} for row in rows]


def near_of(entity_set: EntitySet, relation: Relation, id_: Id) -> Near:
    """Name what is related to an entity that is there."""
    key = find_key(entity_set, id_)
    assert key is not None  # its id was just read
    return Near(entity_set, relation, key, id_)
