"""Reads the body of a write: properties of the right kind, and related entities, named by id or written out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from api.sensorthings.refusal import refused
from sensors.json_text import UNREADABLE_JSON
from store.sensorthings.errors import QuestionError
from store.sensorthings.expression import Interval
from store.sensorthings.model import SETS, EntitySet, Id, Property
from store.sensorthings.value import read_time

DEEPEST = 4
MOST_INLINE = 1_000
# Reckoned out of the observations, whatever a client says.
RECKONED = dict.fromkeys(("Datastreams", "MultiDatastreams"), ("phenomenonTime", "resultTime"))
DEFAULTED = {"Observations": ("phenomenonTime", "resultTime")}
UNIT = ("name", "symbol", "definition")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entity as a client wrote it: its properties, and by relation ids of others, or drafts of them."""

    entity_set: EntitySet
    values: Mapping[str, Any]  # Any: JSON, or an instant
    related: "Mapping[str, Sequence[Id | Draft]]"


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises ProblemError."""
    return require_object(read_json(body))


def require_object(found: Any) -> dict[str, Any]:
    """Pass on a JSON object. Raises ProblemError."""
    if not isinstance(found, dict):
        raise refused("the body is an entity: a JSON object")
    return found


def read_json(body: bytes) -> Any:
    """Read JSON. Raises ProblemError."""
    try:
        return msgspec.json.decode(body)
    except UNREADABLE_JSON as error:
        raise refused(f"the body is no JSON: {error}") from error


def draft(
    entity_set: EntitySet, body: Mapping[str, Any], *, is_whole: bool = True, is_new: bool = True, depth: int = 0
) -> Draft:
    """Read an entity. `is_whole`: what is mandatory must be there; `is_new`: related ones may be written out.

    Raises
    ------
    ProblemError
        400 for what is missing, unknown, or of the wrong kind.
    """
    if depth > DEEPEST:
        raise refused(f"entities are written at most {DEEPEST} within one another")
    values: dict[str, Any] = {}
    related: dict[str, Sequence[Id | Draft]] = {}
    for name, value in body.items():
        if name.startswith("@") or "@iot." in name or name in RECKONED.get(entity_set.name, ()):
            continue
        if (found := entity_set.properties.get(name)) is not None:
            values |= read_property(entity_set, name, found, value)
        elif name in entity_set.relations:
            related[name] = read_relation(entity_set, name, value, is_new, depth)
        elif name != "id":
            raise refused(f"{entity_set.type} has no property or relation {name[:60]!r}")
    if is_whole:
        require_all(entity_set, values)
    return Draft(entity_set, values, related)


def require_all(entity_set: EntitySet, values: dict[str, Any]) -> None:
    """Refuse an entity that lacks a mandatory property; an observation is of now by default. Raises ProblemError."""
    free = DEFAULTED.get(entity_set.name, ())
    missing = [
        name
        for name, found in entity_set.properties.items()
        if found.is_mandatory and name not in values and name not in free
    ]
    if missing:
        raise refused(f"{entity_set.type} needs {', '.join(missing)}")
    if entity_set.type == "Observation":
        values.setdefault("phenomenonTime", datetime.now(UTC))


def read_property(entity_set: EntitySet, name: str, found: Property, value: Any) -> dict[str, Any]:
    """Read a property; an interval is two instants. Raises ProblemError."""
    what = f"{entity_set.type}.{name}"
    if value is None:
        if found.is_mandatory and name not in {*DEFAULTED.get(entity_set.name, ()), "result"}:
            raise refused(f"{what} is mandatory")
        return {} if name == "phenomenonTime" else {name: None}
    match found.kind:
        case "text":
            return {name: require_text(what, value)}
        case "json":
            return {name: require_shape(what, name, value)}
        case "result":
            return {name: value}
        case _:
            return read_times(what, name, found, value)


def require_text(what: str, value: Any) -> str:
    """Pass on a text. Raises ProblemError."""
    if not isinstance(value, str) or "\x00" in value:
        raise refused(f"{what} is a text")
    return value


def require_shape(what: str, name: str, value: Any) -> Any:
    """Pass on a JSON value of the shape that its property has. Raises ProblemError."""
    units = value if name == "unitOfMeasurements" else [value] if name == "unitOfMeasurement" else []
    if not isinstance(units, list) or not all(isinstance(unit, dict) and set(UNIT) <= set(unit) for unit in units):
        what = f"each of {what}" if name == "unitOfMeasurements" else what
        raise refused(f"{what} is an object with {', '.join(UNIT)}; where there is no unit they are null")
    if name == "multiObservationDataTypes" and not (
        isinstance(value, list) and value and all(isinstance(kind, str) for kind in value)
    ):
        raise refused(f"{what} is a list of types, one for each value of a result")
    if name in {"properties", "parameters"} and not isinstance(value, dict):
        raise refused(f"{what} is a JSON object")
    return value


def read_times(what: str, name: str, found: Property, value: Any) -> dict[str, Any]:
    """Read an instant, or where the property may be one an interval. Raises ProblemError."""
    if not isinstance(value, str):
        raise refused(f"{what} is a text such as 2026-03-01T00:00:00Z")
    try:
        read = read_time(value)
    except QuestionError as error:
        raise refused(f"{what}: {error}") from error
    if not isinstance(read, Interval):
        return {name: read} | ({f"{name}/end": None} if found.end else {})
    if found.end is None:
        raise refused(f"{what} is one instant, no interval")
    if read.end < read.start:
        raise refused(f"{what} ends before it begins")
    return {name: read.start, f"{name}/end": read.end}


def read_relation(entity_set: EntitySet, name: str, value: Any, is_new: bool, depth: int) -> "Sequence[Id | Draft]":
    """Read related entities. Raises ProblemError."""
    relation = entity_set.relations[name]
    if relation.is_many != isinstance(value, list):
        raise refused(f"{entity_set.type}.{name} is {'a list of entities' if relation.is_many else 'one entity'}")
    items = value if isinstance(value, list) else [value]
    if len(items) > MOST_INLINE:
        raise refused(f"{entity_set.type}.{name}: at most {MOST_INLINE} in one request")
    return [read_related(SETS[relation.target], name, item, is_new, depth) for item in items]


def read_related(target: EntitySet, name: str, value: Any, is_new: bool, depth: int) -> "Id | Draft":
    """Read a related entity: the object holds its id, whatever is beside it, or all. Raises ProblemError."""
    if not isinstance(value, dict):
        raise refused(f"{name} is a JSON object, such as {{'@iot.id': 5}}")
    if "@iot.id" in value or set(value) == {"id"}:
        return require_id(name, value.get("@iot.id", value.get("id")))
    if not is_new:
        raise refused(f"{name}: a change names related entities by {{'@iot.id': …}} and does not write them out")
    return draft(target, value, depth=depth + 1)


def require_id(name: str, value: Any) -> Id:
    """Pass on an id. Raises ProblemError."""
    if isinstance(value, bool) or not isinstance(value, int | str) or (isinstance(value, str) and len(value) > 100):
        raise refused(f"{name}: an id is a number or a word")
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def references(one: Draft) -> "Sequence[tuple[EntitySet, Id]]":
    """Give all entities that a draft and those within it name by id."""
    found: list[tuple[EntitySet, Id]] = []
    for name, items in one.related.items():
        target = SETS[one.entity_set.relations[name].target]
        for item in items:
            found += references(item) if isinstance(item, Draft) else [(target, item)]
    return found
