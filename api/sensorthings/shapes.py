"""Answers geometric functions of a filter before the statement runs: each shape that is there is looked at once."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.sensorthings.geometry import (
    Geometry,
    ShapeError,
    distance,
    is_related,
    length,
    matches,
    read_geojson,
    read_text,
    relate,
)
from api.sensorthings.refusal import refused
from store.reader import Connection
from store.sensorthings.compiler import Measured
from store.sensorthings.expression import Call, Expression, Literal, Path, Shape, walk
from store.sensorthings.function import GEOMETRIC
from store.sensorthings.model import SETS, EntitySet
from store.sensorthings.question import Question, read_page

MOST_SHAPES = 50_000
SHAPED = {
    "Locations": "location",
    "FeaturesOfInterest": "feature",
    "Datastreams": "observedArea",
    "MultiDatastreams": "observedArea",
}
MOST_CALLS = 5
_PATTERN = re.compile("[TF*012]{9}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Task:
    """A function, the shape it compares with, and whether that stands first."""

    name: str
    other: Geometry | None
    is_first: bool
    pattern: str = ""


async def measure(connection: Connection, where: Expression, entity_set: EntitySet) -> Mapping[Call, Measured]:
    """Give what each geometric function of a filter gives for each shape that this key may see.

    Raises
    ------
    ProblemError
        400 for arguments that are none, or too many shapes to look at.
    """
    calls = {node for node in walk(where) if isinstance(node, Call) and node.name in GEOMETRIC}
    if len(calls) > MOST_CALLS:
        raise refused(f"at most {MOST_CALLS} geometric functions in one filter")
    found: dict[Call, Measured] = {}
    for call in calls:
        task, owner = read_task(call), owner_of(call, entity_set)
        name = SHAPED[owner.name]
        rows = await read_page(connection, Question(owner, (name,), limit=MOST_SHAPES + 1))
        if len(rows) > MOST_SHAPES:
            raise refused(f"{call.name} looks at most at {MOST_SHAPES} shapes, and there are more")
        shapes = [(int(row["id"]), row[name]) for row in rows if row[name] is not None]
        found[call] = await asyncio.to_thread(answer, task, shapes)
    return found


def owner_of(call: Call, entity_set: EntitySet) -> EntitySet:
    """Give the set whose shapes a function is about. Raises ProblemError."""
    paths = [argument for argument in call.arguments if isinstance(argument, Path)]
    if len(paths) != 1:
        raise refused(f"{call.name} takes one property that is a shape, beside shapes that are written out")
    *relations, name = paths[0].segments
    for relation in relations:
        if relation not in entity_set.relations:
            raise refused(f"{entity_set.type} has no relation {relation[:60]!r}")
        entity_set = SETS[entity_set.relations[relation].target]
    if SHAPED.get(entity_set.name) != name:
        raise refused(f"{entity_set.type}.{name[:60]} is no shape")
    return entity_set


def read_task(call: Call) -> Task:
    """Read the arguments of a function. Raises ProblemError."""
    n_wanted = {"geo.length": 1, "st_relate": 3}.get(call.name, 2)
    if len(call.arguments) != n_wanted:
        raise refused(f"{call.name} takes {n_wanted} arguments")
    constants = [argument.value for argument in call.arguments if isinstance(argument, Literal)]
    pattern = constants.pop() if call.name == "st_relate" and constants else ""
    if call.name == "st_relate" and not (isinstance(pattern, str) and _PATTERN.fullmatch(pattern)):
        raise refused("st_relate takes a pattern of nine of T, F, *, 0, 1, 2 at last")
    if len(constants) != n_wanted - (3 - 1 if call.name == "st_relate" else 1) or not all(
        isinstance(one, Shape) for one in constants
    ):
        raise refused(f"{call.name} takes a property and a shape such as geography'POINT(5.04 47.32)'")
    try:
        other = read_text(constants[0].text) if constants and isinstance(constants[0], Shape) else None
    except ShapeError as error:
        raise refused(str(error)) from error
    name = call.name.partition("_")[2] or call.name.partition(".")[2]
    return Task(name, other, isinstance(call.arguments[0], Literal), str(pattern).upper())


def answer(task: Task, shapes: Sequence[tuple[int, object]]) -> Measured:
    """Look at each shape."""
    ids: list[int] = []
    values: list[float] = []
    is_number = task.name in {"distance", "length"}
    for id_, value in shapes:
        if (shape := read_geojson(value)) is None:
            continue
        found = look(task, shape)
        if is_number or found:
            ids.append(id_)
            values.append(found)
    return Measured(ids, values, is_number)


def look(task: Task, shape: Geometry) -> float:
    """Give what a function gives for a shape: a number [degree], or 1 where it is true."""
    other = task.other
    if other is None:
        return length(shape)
    if task.name == "distance":
        return distance(shape, other)
    first, second = (other, shape) if task.is_first else (shape, other)
    if task.name == "relate":
        return float(matches(relate(first, second), task.pattern))
    return float(is_related(task.name, first, second))
