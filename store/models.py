"""Trained models, every version for good, which of them is in use, and the lives of assets that they learn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model to keep; `territory_id` None: shared by all. `score` is None where it could not be judged."""

    territory_id: int | None
    family: str
    trained_at: datetime
    trained_by: str
    score: float | None
    card: Mapping[str, Any]
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that is kept; the champion of its family is the one in use."""

    model_id: int
    territory_id: int | None
    territory: str | None
    family: str
    version: int
    trained_at: datetime
    trained_by: str
    score: float | None
    card: Mapping[str, Any]
    is_champion: bool


@dataclass(frozen=True, slots=True)
class AssetLife:
    """Ages of an asset [d]: from which on it was seen alive, and at which it was retired or is now; `watched_from` is
    the instant of the first."""

    slug: str
    asset_type: str
    seen_from_d: float
    age_d: float
    is_ended: bool
    watched_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """When a model was put into use, by whom and why."""

    at: datetime
    actor: str
    reason: str


def add_model(connection: Connection, model: NewModel) -> int:
    """Keep a model under the next version of its family; give its number. Nothing is ever overwritten."""
    connection.execute(QUERIES["lock_family"], {"family": model.family})
    parameters = {name: getattr(model, name) for name in NewModel.__slots__} | {"card": Jsonb(dict(model.card))}
    row = connection.execute(QUERIES["add_model"], parameters).fetchone()
    assert row is not None
    return int(row[0])


def list_models(connection: Connection, family: str | None = None) -> list[KeptModel]:
    """Give the models of a family, or all, by territory and version; shared ones first."""
    return [KeptModel(*row) for row in connection.execute(QUERIES["list_models"], {"family": family})]


def read_model_content(connection: Connection, model_id: int) -> bytes:
    """Read the file of a model that exists."""
    row = connection.execute(QUERIES["read_model_content"], {"model_id": model_id}).fetchone()
    assert row is not None
    return bytes(row[0])


def promote_model(connection: Connection, model_id: int, promotion: Promotion) -> None:
    """Put a model into use."""
    parameters = {name: getattr(promotion, name) for name in Promotion.__slots__} | {"model_id": model_id}
    connection.execute(QUERIES["promote_model"], parameters)


def list_promotions(connection: Connection, model_id: int) -> list[Promotion]:
    """Give when a model was put into use, the first time first."""
    rows = connection.execute(QUERIES["list_promotions"], {"model_id": model_id})
    return [Promotion(*row) for row in rows]


def read_asset_lives(connection: Connection, territory_id: int | None, at: datetime) -> list[AssetLife]:
    """Read the lives of the assets of a territory and those below it, or of all, as known at an instant."""
    rows = connection.execute(QUERIES["read_asset_lives"], {"territory_id": territory_id, "at": at})
    return [AssetLife(slug, kind, float(seen), float(age), *rest) for slug, kind, seen, age, *rest in rows]
