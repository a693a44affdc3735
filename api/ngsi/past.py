"""Reads what was of entities: measurements of the registry, and what clients wrote."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.ngsi.asking import Query
from api.ngsi.drafts import Attributes, Instance, read_urn
from api.ngsi.entity import Entity
from api.ngsi.instant import instant_text
from api.ngsi.match import keep
from api.ngsi.reading import walk
from api.ngsi.refusal import absent, too_many
from api.ngsi.registry import DEVICE_QUANTITIES, describe, measured, model_of, quantities_of, registry_models, type_of
from api.ngsi.selection import has_scope
from api.ngsi.temporal import Past
from store.ngsi.reading import ASSETS, OWN, Choice, Listed, Span, list_entities, read_heads, read_instances
from store.ngsi.reading import read_past as read_measurements
from store.reader import Connection, Row

CHUNK, MOST_LOOKED_AT, MOST_ROWS = 25, 5_000, 200_000
INSTANCE = "urn:ngsi-ld:Instance:"


@dataclass(slots=True)
class Evolution:
    """An entity with the values that its attributes had, each with its time; `head` has what does not change."""

    head: Entity
    attributes: dict[str, list[tuple[datetime | None, Instance]]] = field(default_factory=dict)

    def as_entity(self) -> Entity:
        """Give it as an entity with all its values at once, so that conditions can be tried on it."""
        past: Attributes = {name: [one for _, one in timed] for name, timed in self.attributes.items()}
        head = self.head
        return Entity(head.urn, head.types, {**head.attributes, **past}, head.created_at, head.modified_at, head.scopes)


async def read_evolutions(
    connection: Connection, listed: Sequence[Listed], past: Past, n: int, wanted: frozenset[str] | None
) -> list[Evolution]:
    """Read the past of entities, at most `n` values of each attribute, in the order in which they are listed.

    Raises
    ------
    ProblemError
        403 where it is too much for one answer.
    """
    found: dict[tuple[int, int], Evolution] = {}
    span = Span(past.time_property, past.start, past.end, past.is_timed, n, newest=past.last_n is not None)
    for branch in sorted({one.branch for one in listed}):
        urns = {one.key: one.urn for one in listed if one.branch == branch}
        heads = await read_heads(connection, branch, list(urns))
        if branch == OWN:
            evolutions = await read_own(connection, heads, span, wanted)
        else:
            evolutions = await read_registry(connection, branch, heads, span, wanted)
        for key, one in evolutions.items():
            one.head.urn = urns[key]
            found[branch, key] = one
    return [found[one.branch, one.key] for one in listed if (one.branch, one.key) in found]


async def read_own(
    connection: Connection, heads: Sequence[Row], span: Span, wanted: frozenset[str] | None
) -> dict[int, Evolution]:
    """Read what clients wrote. Raises ProblemError."""
    found = {
        head["key"]: Evolution(
            Entity(head["urn"], head["types"], {}, head["created_at"], head["modified_at"], head["scopes"])
        )
        for head in heads
    }
    names = None if wanted is None else sorted(wanted)
    rows = require_few(await read_instances(connection, list(found), names, span, MOST_ROWS))
    for row in rows:
        instance = {
            **row["body"],
            "instanceId": f"{INSTANCE}{row['instance_id']}",
            "createdAt": instant_text(row["created_at"]),
            "modifiedAt": instant_text(row["modified_at"]),
        }
        found[row["key"]].attributes.setdefault(row["attribute"], []).append((row["at"], instance))
    return found


async def read_registry(
    connection: Connection, branch: int, heads: Sequence[Row], span: Span, wanted: frozenset[str] | None
) -> dict[int, Evolution]:
    """Read measurements of assets or devices. Raises ProblemError."""
    by_key = {head["key"]: head for head in heads}
    found = {
        key: Evolution(Entity("", [type_of(branch, head)], describe(branch, head), head["created_at"]))
        for key, head in by_key.items()
    }
    quantities: list[str] | None = None if branch == ASSETS else list(DEVICE_QUANTITIES)
    if wanted is not None:
        asked = {one for head in heads for one in quantities_of(*model_of(branch, head), wanted)}
        quantities = sorted(asked & set(DEVICE_QUANTITIES) if branch != ASSETS else asked)
    rows = require_few(await read_measurements(connection, branch, list(by_key), quantities, span, MOST_ROWS))
    for row in rows:
        iri, instance = measured(branch, by_key[row["key"]], row)
        if wanted is None or iri in wanted:
            found[row["key"]].attributes.setdefault(iri, []).append((row["observed_at"], instance))
    for one in found.values():
        for timed in one.attributes.values():  # of several series
            timed.sort(key=lambda pair: str(pair[1]["observedAt"]))
    return found


def require_few(rows: list[Row]) -> list[Row]:
    """Refuse an answer that was cut. Raises ProblemError."""
    if len(rows) >= MOST_ROWS:
        raise too_many(f"more than {MOST_ROWS} values would have to be read: name attributes, fewer entities or a span")
    return rows


async def find_evolutions(connection: Connection, query: Query, past: Past, n: int) -> tuple[list[Evolution], bool]:
    """Give a page of the entities that have a past in the span, and whether more follow. Raises ProblemError."""
    found: list[Evolution] = []
    async for listed in walk(connection, query.choice, CHUNK, MOST_LOOKED_AT):
        read = await read_evolutions(connection, listed, past, n, query.attributes)
        found += await meant(connection, query, [one for one in read if one.attributes])
        if query.is_filled(len(found)):
            break
    return found, len(found) > query.offset + query.limit


async def meant(connection: Connection, query: Query, evolutions: list[Evolution]) -> list[Evolution]:
    """Give those of which the condition, place and scope of a question hold: of one of their values."""
    pairs = [(one, one.as_entity()) for one in evolutions]
    if query.condition is not None:
        kept = {id(one) for one in await keep(connection, query.condition, [entity for _, entity in pairs])}
        pairs = [pair for pair in pairs if id(pair[1]) in kept]
    if query.scope is not None:
        pairs = [pair for pair in pairs if has_scope(pair[1].scopes, query.scope)]
    if query.place is not None:
        place = query.place
        pairs = await asyncio.to_thread(lambda: [pair for pair in pairs if place.holds(pair[1])])
    return [one for one, _ in pairs]


async def read_evolution(connection: Connection, urn: str, query: Query, past: Past, n: int) -> Evolution:
    """Give the past of one entity. Raises ProblemError."""
    read_urn(urn)
    choice = Choice(query.choice.groups, [urn], None, temporal=True)
    listed = await list_entities(connection, registry_models(), choice, n=1)
    found = await read_evolutions(connection, listed, past, n, query.attributes)
    if not found:
        raise absent(f"no entity {urn[:200]!r} with a past for this key")
    if query.attributes is not None and not found[0].attributes:
        raise absent(f"the entity {urn[:200]} has none of these attributes in this time")
    return found[0]
