"""Finds the entities that a question means, and gives one page of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from api.ngsi.asking import Query
from api.ngsi.context import Context
from api.ngsi.entity import Entity, read_entities
from api.ngsi.match import keep
from api.ngsi.refusal import absent, too_many
from api.ngsi.registry import registry_models
from api.ngsi.selection import has_scope
from store.ngsi.reading import OWN, Choice, Listed, count_entities, list_entities
from store.reader import Connection

CHUNK, MOST_LOOKED_AT = 500, 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page of entities, whether more follow, and how many there are in all where that was asked for."""

    entities: list[Entity]
    has_more: bool
    n_all: int | None


async def read_page(connection: Connection, query: Query) -> Page:
    """Give a page.

    Raises
    ------
    ProblemError
        403 (TooManyResults) where too many entities would have to be looked at.
    psycopg.DataError
        A pattern is none.
    """
    if query.must_look:
        return await look_through(connection, query)
    models = registry_models()
    listed = await list_entities(connection, models, query.choice, n=query.limit + 1, offset=query.offset)
    n_all = await count_entities(connection, models, query.choice) if query.count else None
    return Page(await read_entities(connection, listed[: query.limit]), len(listed) > query.limit, n_all)


async def look_through(connection: Connection, query: Query) -> Page:
    """Look at entities one after the other until the page is full, or all are counted. Raises ProblemError."""
    found: list[Entity] = []
    async for listed in walk(connection, query.choice, CHUNK, MOST_LOOKED_AT):
        found += await meant(connection, query, await read_entities(connection, listed))
        if query.is_filled(len(found)):
            break
    page = found[query.offset : query.offset + query.limit]
    return Page(page, len(found) > query.offset + query.limit, len(found) if query.count else None)


async def walk(connection: Connection, choice: Choice, n: int, most: int) -> AsyncIterator[list[Listed]]:
    """Give entities in their order, n at a time. Raises ProblemError after `most` of them."""
    after, n_looked_at = (-1, 0), 0
    while listed := await list_entities(connection, registry_models(), choice, after=after, n=n):
        n_looked_at += len(listed)
        if n_looked_at > most:
            raise too_many(f"more than {most} entities would have to be looked at: name a type or ids")
        yield listed
        after = (listed[-1].branch, listed[-1].key)


async def meant(connection: Connection, query: Query, entities: list[Entity]) -> list[Entity]:
    """Give those of some entities that are meant."""
    if query.attributes is not None:
        entities = [one for one in entities if not query.attributes.isdisjoint(one.attributes)]
    if query.scope is not None:
        entities = [one for one in entities if has_scope(one.scopes, query.scope)]
    if query.condition is not None:
        entities = await keep(connection, query.condition, entities)
    if query.place is not None:
        place = query.place
        entities = await asyncio.to_thread(lambda: [one for one in entities if place.holds(one)])
    return entities


async def read_one(connection: Connection, urn: str, query: Query | None = None) -> Entity:
    """Give one entity. Raises ProblemError where it is not there, or has none of the attributes asked for."""
    choice = query.choice if query is not None else Choice()
    listed = await find_entity(connection, urn, replace(choice, ids=[urn]))
    entities = await read_entities(connection, listed)
    if not entities:
        raise absent(f"no entity {urn[:200]!r} for this key")
    return entities[0]


async def find_entity(connection: Connection, urn: str, choice: Choice | None = None) -> list[Listed]:
    """Give where an entity is, if it is; of several of one id that of the registry, then the oldest."""
    chosen = choice or Choice(ids=[urn])
    return await list_entities(connection, registry_models(), chosen, n=1)


async def is_of_registry(connection: Connection, urn: str) -> bool:
    """Say whether an id is that of an asset or device."""
    return any(one.branch != OWN for one in await find_entity(connection, urn))


def shown_attributes(context: Context, entity: Entity, wanted: frozenset[str] | None) -> None:
    """Refuse an entity that has none of the attributes asked for. Raises ProblemError."""
    if wanted is not None and wanted.isdisjoint(entity.attributes):
        names = ", ".join(sorted(context.compact(name) for name in wanted))
        raise absent(f"the entity {entity.urn} has none of the attributes {names[:200]}")
