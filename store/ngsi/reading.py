"""Which entities there are, what holds of them now, and what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from psycopg.types.json import Jsonb

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
ASSETS, DEVICES, OWN = 0, 1, 2
TimeProperty = Literal["observedAt", "createdAt", "modifiedAt"]
BEGINNING, END = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Listed(NamedTuple):
    """Where an entity comes from, its number there, and its address."""

    branch: int
    key: int
    urn: str


@dataclass(frozen=True, slots=True)
class Models:
    """Which asset type is which entity type: name of the asset type to short name and whole address."""

    by_type: Mapping[str, tuple[str, str]]
    device_iri: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entities are meant. `groups`: all types of one of the groups; None where anything will do."""

    groups: Sequence[Sequence[str]] | None = None
    ids: Sequence[str] | None = None
    pattern: str | None = None
    temporal: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Which values of the past are meant: from `start`, before `end`, `n` of each attribute, the oldest or newest."""

    time_property: TimeProperty = "observedAt"
    start: datetime = BEGINNING
    end: datetime = END
    is_timed: bool = False
    n: int = 1
    newest: bool = False


def choice_parameters(models: Models, choice: Choice) -> dict[str, object]:
    """Give the parameters that listing and counting share."""
    return {
        "types": list(models.by_type),
        "models": [model for model, _ in models.by_type.values()],
        "iris": [iri for _, iri in models.by_type.values()],
        "device_iri": models.device_iri,
        "groups": None if choice.groups is None else Jsonb([list(group) for group in choice.groups]),
        "ids": None if choice.ids is None else list(choice.ids),
        "pattern": choice.pattern,
        "temporal": choice.temporal,
    }


async def list_entities(
    connection: Connection, models: Models, choice: Choice, *, after: tuple[int, int] = (-1, 0), n: int, offset: int = 0
) -> list[Listed]:
    """List entities in the order of their branches and numbers."""
    page = {"after_branch": after[0], "after_key": after[1], "n": n, "offset": offset}
    rows = await fetch(connection, QUERIES["list_entities"], choice_parameters(models, choice) | page)
    return [Listed(row["branch"], row["key"], row["urn"]) for row in rows]


async def count_entities(connection: Connection, models: Models, choice: Choice) -> int:
    """Count entities."""
    rows = await fetch(connection, QUERIES["count_entities"], choice_parameters(models, choice))
    return int(rows[0]["n"])


async def read_heads(connection: Connection, branch: int, keys: Sequence[int]) -> list[Row]:
    """Read what is known of entities of one branch without looking at values."""
    name = {ASSETS: "read_assets", DEVICES: "read_devices", OWN: "read_own"}[branch]
    return await fetch(connection, QUERIES[name], {"keys": list(keys)}) if keys else []


async def read_values(connection: Connection, branch: int, keys: Sequence[int], quantities: Sequence[str]) -> list[Row]:
    """Read the newest values of assets, or of devices those of some quantities."""
    name = {ASSETS: "read_asset_values", DEVICES: "read_device_values"}[branch]
    return await fetch(connection, QUERIES[name], {"keys": list(keys), "quantities": list(quantities)}) if keys else []


async def read_past(
    connection: Connection, branch: int, keys: Sequence[int], quantities: Sequence[str] | None, span: Span, most: int
) -> list[Row]:
    """Read measurements of assets or devices, at most so many of each series and `most` in all."""
    what = {ASSETS: "asset", DEVICES: "device"}[branch]
    parameters = {
        "keys": list(keys),
        "quantities": None if quantities is None else list(quantities),
        "from": span.start,
        "to": span.end,
        "n": span.n,
        "most": most,
    }
    name = f"read_{what}_past_{'newest' if span.newest else 'oldest'}"
    return await fetch(connection, QUERIES[name], parameters) if keys else []


async def read_instances(
    connection: Connection, keys: Sequence[int], attributes: Sequence[str] | None, span: Span, most: int
) -> list[Row]:
    """Read the past of entities that clients wrote."""
    parameters = {
        "keys": list(keys),
        "attributes": None if attributes is None else list(attributes),
        "time_property": span.time_property,
        "from": span.start,
        "to": span.end,
        "is_timed": span.is_timed,
        "n": span.n,
        "newest": span.newest,
        "most": most,
    }
    return await fetch(connection, QUERIES["read_instances"], parameters) if keys else []


async def count(connection: Connection, name: str, quantities: Sequence[str] = ()) -> list[Row]:
    """Count entities by what they have; `name` is one of the queries called count_."""
    return await fetch(connection, QUERIES[f"count_{name}"], {"quantities": list(quantities)})


async def find_territory(connection: Connection, slug: str) -> int | None:
    """Give the number of a territory, if it is seen."""
    rows = await fetch(connection, QUERIES["find_territory"], {"slug": slug})
    return int(rows[0]["territory_id"]) if rows else None
