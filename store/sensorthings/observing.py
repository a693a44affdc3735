"""Observations that come over the broker for datastreams that clients made: whose these are, and writing them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from sensors.client_observation import ClientFeature, ClientObservation
from store.intake import Connection, instant
from store.sql import load_queries

QUERIES = load_queries(__file__)


class Datastream(NamedTuple):
    """A datastream that a client made; `is_somewhere`: its observations need name no feature of interest."""

    territory: str
    territory_id: int
    is_somewhere: bool


def read_datastreams(connection: Connection, numbers: Iterable[int]) -> dict[int, Datastream]:
    """Give those of the numbers that are datastreams of clients."""
    rows = connection.execute(QUERIES["read_datastreams"], {"datastream_ids": [*numbers]})
    return {int(row[0]): Datastream(*row[1:]) for row in rows}


def read_features(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Give the territory of those of the numbers that are features of clients."""
    return {
        int(number): int(territory_id)
        for number, territory_id in connection.execute(QUERIES["read_features"], {"feature_ids": [*numbers]})
    }


def write_observations(connection: Connection, observations: Sequence[ClientObservation]) -> None:
    """Write observations, each once however often it is given, with the features that are written out in them."""
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["write_observation"], [row_of(one) for one in observations])


def row_of(one: ClientObservation) -> dict[str, Any]:
    """Give the parameters of a row."""
    made = one.feature if isinstance(one.feature, ClientFeature) else None
    begin, end = one.phenomenon
    valid_from, valid_to = one.valid
    return {
        "datastream_id": one.datastream_id,
        "feature_id": one.feature if isinstance(one.feature, int) else None,
        "name": made and made.name,
        "description": made and made.description,
        "encoding_type": made and made.encoding_type,
        "feature": as_json(made and made.feature),
        "properties": as_json(made and made.properties),
        "phenomenon_at": as_instant(begin),
        "phenomenon_to": as_instant(end),
        "result": Jsonb(one.result),
        "result_at": as_instant(one.result_us),
        "quality": as_json(one.quality),
        "valid_from": as_instant(valid_from),
        "valid_to": as_instant(valid_to),
        "parameters": as_json(one.parameters),
    }


def as_json(value: Any) -> Jsonb | None:
    """Give a value as a column of JSON takes it; nothing stays null."""
    return None if value is None else Jsonb(value)


def as_instant(time_us: int | None) -> datetime | None:
    """Give the instant of microseconds since 1970 UTC."""
    return None if time_us is None else instant(time_us)
