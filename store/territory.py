"""A territory by the name that people and files give it."""

from typing import Any, NamedTuple

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)


class Territory(NamedTuple):
    """A territory's number, and the zone of its civil time."""

    territory_id: int
    time_zone: str


def find_territory(connection: psycopg.Connection[tuple[Any, ...]], slug: str) -> Territory | None:
    """Give the territory of this slug, None where there is none."""
    row = connection.execute(QUERIES["find_territory"], {"slug": slug}).fetchone()
    return None if row is None else Territory(*row)
