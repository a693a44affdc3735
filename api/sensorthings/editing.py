"""Answers a write: what it names is looked up as the key sees it, then it is written and noted in one transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass

from psycopg.errors import DataError, IntegrityError

from api.courier import Courier
from api.errors import ProblemError
from api.sensorthings.arrays import read_arrays
from api.sensorthings.delivery import deliver
from api.sensorthings.drafts import Draft, draft, read_json, read_object, require_object
from api.sensorthings.links import address
from api.sensorthings.options import Options
from api.sensorthings.patching import apply_patch
from api.sensorthings.reading import Place, Reading, answer, locate, wanted
from api.sensorthings.refusal import absent, refused
from api.sensorthings.rendering import Body, property_value
from api.sensorthings.resource import Resource, Step
from api.sensorthings.writing import Writer, change, create, require_own, require_seen
from store.keys import Key
from store.reader import Connection, Pool, Row, limited, limited_within
from store.sensorthings.errors import QuestionError
from store.sensorthings.model import OWN, SETS, EntitySet, Id, find_key
from store.sensorthings.question import Question, read_entities
from store.sensorthings.writing import delete_entity, find_series
from store.technician import changing, note

Sent = tuple[int, Row | None, Draft]  # an observation for a series, with how messages name that


@dataclass(frozen=True, slots=True)
class Editor:
    """What stays the same through one write; `held` is the transaction of several that stand or fall together."""

    pool: Pool
    courier: Courier
    key: Key
    root: str
    held: Connection | None = None


async def create_entity(editor: Editor, resource: Resource, body: bytes) -> tuple[str, Body]:
    """Make an entity in the set where a path leads; give its address and itself. Raises ProblemError."""
    require_set(resource)
    drafted = draft(resource.last.entity_set, read_object(body))
    async with looking(editor) as reader:
        place = await locate(reader, resource)
        drafted = within_place(drafted, place)
        await require_seen(reader, drafted)
        series = await series_row(reader, drafted)
    if series is not None:
        (outcome,) = await send(editor, [(*series, drafted)])
        if isinstance(outcome, ProblemError):
            raise outcome
        found: Id = outcome
    else:
        async with writing(editor) as writer:
            found = await create(writer, drafted)
            await note_entity(editor, writer, "create", drafted.entity_set, found)
    link = address(editor.root, drafted.entity_set, found)
    return link, await read_back(editor, drafted.entity_set, found)


def require_set(resource: Resource) -> None:
    """Refuse a path that does not lead to a set. Raises ProblemError."""
    if resource.last.is_entity or resource.within or resource.is_reference or resource.is_value:
        raise ProblemError(405, "entities are made by a POST to their set, such as /Things", {"Allow": "GET"})


def within_place(drafted: Draft, place: Place) -> Draft:
    """Relate a draft to the entity in whose path it was posted. Raises ProblemError."""
    near = place.near
    if near is None:
        return drafted
    for name, relation in drafted.entity_set.relations.items():
        target = SETS[relation.target]
        is_inverse = relation.column == near.relation.back if near.relation.back else target is near.entity_set
        if target is near.entity_set and is_inverse:
            return Draft(drafted.entity_set, drafted.values, {**drafted.related, name: [near.id]})
    raise refused(f"{drafted.entity_set.name} are not made from {near.entity_set.type}")


async def series_row(reader: Connection, drafted: Draft) -> tuple[int, Row | None] | None:
    """Give the series of the registry that an observation is for, None where it is for none."""
    items = drafted.related.get("Datastream", ()) if drafted.entity_set.type == "Observation" else ()
    for item in items:
        key = None if isinstance(item, Draft) else find_key(SETS["Datastreams"], item)
        if key is not None and key.branch == "series":
            number = int(key.value)
            return number, (await find_series(reader, [number])).get(number)
    return None


async def create_entities(editor: Editor, body: bytes) -> list[str]:
    """Make observations out of arrays; give the address of each, or the word error and why. Raises ProblemError."""
    drafts = read_arrays(read_json(body))
    answers: dict[int, str] = {}
    own: list[tuple[int, Draft]] = []
    sent: list[tuple[int, Sent]] = []
    async with looking(editor) as reader:
        for index, one in enumerate(drafts):
            found = await sort_row(reader, one)
            if isinstance(found, str):
                answers[index] = found
            elif isinstance(found, Draft):
                own.append((index, found))
            else:
                sent.append((index, found))
    if sent:
        outcomes = await send(editor, [row for _, row in sent])
        answers |= {index: told(editor, outcome) for (index, _), outcome in zip(sent, outcomes, strict=True)}
    if own:
        async with writing(editor) as writer:
            answers |= {index: await create_row(editor, writer, one) for index, one in own}
            await note(writer.connection, editor.key, "sensorthings create", "Observations", {"n": len(own)})
    return [answers[index] for index in range(len(drafts))]


async def sort_row(reader: Connection, one: Draft | ProblemError) -> "str | Draft | Sent":
    """Say where one of many observations goes: nowhere and why, among what clients write, or to a series."""
    if isinstance(one, ProblemError):
        return f"error: {one.detail}"
    try:
        await require_seen(reader, one)
    except ProblemError as error:
        return f"error: {error.detail}"
    series = await series_row(reader, one)
    return one if series is None else (*series, one)


async def send(editor: Editor, rows: Sequence[Sent]) -> list[str | ProblemError]:
    """Send observations for series of the registry, which cannot be taken back. Raises ProblemError."""
    if editor.held is not None:
        raise refused("an observation for a series of Vigie's registry cannot be undone: leave it out of the group")
    return await deliver(editor.courier, editor.key, rows)


def told(editor: Editor, outcome: str | ProblemError) -> str:
    """Say what became of one of many observations."""
    if isinstance(outcome, ProblemError):
        return f"error: {outcome.detail}"
    return address(editor.root, SETS["Observations"], outcome)


async def create_row(editor: Editor, writer: Writer, one: Draft) -> str:
    """Make one of many observations; one that cannot be made is no obstacle to the others."""
    try:
        async with writer.connection.transaction():
            return address(editor.root, one.entity_set, await create(writer, one))
    except (ProblemError, QuestionError) as error:
        return f"error: {error}"
    except (DataError, IntegrityError):
        return "error: a value is beyond what can be stored"


async def change_entity(editor: Editor, resource: Resource, body: bytes, *, is_whole: bool) -> Body:
    """Change an entity and give it; a list in place of properties is a JSON Patch. Raises ProblemError."""
    entity_set, sent = resource.last.entity_set, read_json(body)
    async with looking(editor) as reader:
        id_ = await find_own(reader, resource)
        rows = await read_entities(reader, Question(entity_set, wanted(entity_set, Options())), [id_])
        if isinstance(sent, list) and not is_whole:
            sent, is_whole = apply_patch(read_properties(rows[0], entity_set), sent), True
        drafted = draft(entity_set, require_object(sent), is_whole=is_whole, is_new=False)
        await require_seen(reader, drafted)
        require_own_datastream(drafted)
    before = {} if is_whole else {name: value for name, value in rows[0].items() if is_property(entity_set, name)}
    async with writing(editor) as writer:
        await change(writer, drafted, id_, before)
        await note_entity(editor, writer, "change", entity_set, id_)
    return await read_back(editor, entity_set, id_)


def read_properties(row: Row, entity_set: EntitySet) -> Body:
    """Give the properties of an entity as a client reads them."""
    found = {name: property_value(row, name, one) for name, one in entity_set.properties.items()}
    return {name: value for name, value in found.items() if value is not None or name == "result"}


def require_own_datastream(drafted: Draft) -> None:
    """Refuse to hang an observation on a series of the registry by a change. Raises ProblemError."""
    for item in drafted.related.get("Datastream", ()):
        if not isinstance(item, int) or item < OWN:
            raise refused("an observation goes to a series of Vigie's registry only when it is made")


def is_property(entity_set: EntitySet, name: str) -> bool:
    """Say whether a column of a row is a property, or the end of one."""
    return name.removesuffix("/end") in entity_set.properties


async def drop_entity(editor: Editor, resource: Resource) -> None:
    """Delete an entity. Raises ProblemError."""
    entity_set = resource.last.entity_set
    async with looking(editor) as reader:
        id_ = await find_own(reader, resource)
    async with writing(editor) as writer:
        if not await delete_entity(writer.connection, entity_set, id_):
            raise absent(f"no {entity_set.type} {id_} for this key")
        await note_entity(editor, writer, "delete", entity_set, id_)


async def find_own(reader: Connection, resource: Resource) -> int:
    """Give the id of the entity where a path leads, which a client has made. Raises ProblemError."""
    if not resource.last.is_entity or resource.within or resource.is_reference or resource.is_value:
        raise ProblemError(405, "name one entity, such as /Things(5)", {"Allow": "GET, POST"})
    place = await locate(reader, resource)
    entity_set = place.entity_set
    if place.id is None or not await read_entities(reader, Question(entity_set), [place.id]):
        raise absent(f"no {entity_set.type} {place.id!r} for this key")
    return require_own(entity_set, place.id)


@asynccontextmanager
async def writing(editor: Editor) -> AsyncIterator[Writer]:
    """Open the transaction of a write. New entities lie in the one territory that the key was made for."""
    if len(editor.key.territory_ids) != 1:
        raise ProblemError(403, "over SensorThings a key for exactly one territory writes: in which else would it lie?")
    opened = changing(editor.pool) if editor.held is None else nullcontext(editor.held)
    async with opened as connection:
        yield Writer(connection, editor.key.territory_ids[0])


def looking(editor: Editor) -> AbstractAsyncContextManager[Connection]:
    """Open a connection that sees what the key may see, and what was written in the transaction that is held."""
    if editor.held is None:
        return limited(editor.pool, editor.key.territory_ids)
    return limited_within(editor.held, editor.key.territory_ids)


async def note_entity(editor: Editor, writer: Writer, action: str, entity_set: EntitySet, id_: Id) -> None:
    """Note a write in the audit log."""
    await note(writer.connection, editor.key, f"sensorthings {action}", f"{entity_set.name}({id_})", {})


async def read_back(editor: Editor, entity_set: EntitySet, id_: Id) -> Body:
    """Give an entity as it now is. A measurement whose clock was set right is not found under the time it was sent."""
    resource = Resource((Step(entity_set.name, entity_set, True, id_),))
    async with looking(editor) as reader:
        try:
            found: Body = await answer(Reading(reader, editor.root, editor.root), resource, Options())
        except ProblemError as error:
            if error.status != 404 or isinstance(id_, int):
                raise
            return {"@iot.id": id_, "@iot.selfLink": address(editor.root, entity_set, id_)}
    return found
