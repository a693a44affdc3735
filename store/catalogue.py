"""Copies of the registries in `sensors` that SQL readers need: quantities with units, names of states."""

from typing import Any

import psycopg

from sensors.quantity import QUANTITIES
from store.sql import load_queries

QUERIES = load_queries(__file__)


def refresh(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Write every quantity and code; what the registry no longer knows stays, since series may hold it."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["upsert_quantity"],
            [
                {
                    "quantity": quantity.name,
                    "unit": quantity.unit,
                    "kind": str(quantity.kind),
                    "low": quantity.low,
                    "high": quantity.high,
                    "longest_hold_s": quantity.longest_hold_s,
                    "name_en": quantity.name_en,
                    "name_fr": quantity.name_fr,
                }
                for quantity in QUANTITIES.values()
            ],
        )
        cursor.executemany(
            QUERIES["upsert_code"],
            [
                {
                    "quantity": quantity.name,
                    "code": code.number,
                    "slug": code.slug,
                    "name_en": code.name_en,
                    "name_fr": code.name_fr,
                }
                for quantity in QUANTITIES.values()
                for code in quantity.codes
            ],
        )
