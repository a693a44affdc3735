"""What the demo enters beside the town itself: a key, made anew at each start, and what its public page shows."""

from typing import Any

import psycopg

from sensors.kpi import KPI_NAMES
from store.keys import create_key
from store.sql import load_queries

QUERIES = load_queries(__file__)
NAME = "demo"


def renew_demo_key(connection: psycopg.Connection[tuple[Any, ...]], territory: str) -> str:
    """Revoke the demo's earlier keys and make one for the territory."""
    connection.execute(QUERIES["revoke_keys"], {"name": NAME})
    return create_key(connection, NAME, [territory])


def has_territory(connection: psycopg.Connection[tuple[Any, ...]], territory: str) -> bool:
    """Tell whether the demo has run with this database before."""
    return connection.execute(QUERIES["has_territory"], {"territory": territory}).fetchone() == (True,)


def publish_kpis(connection: psycopg.Connection[tuple[Any, ...]], territory: str) -> None:
    """Let the public page show every KPI of the territory."""
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["publish_kpi"], [{"territory": territory, "kpi": kpi} for kpi in KPI_NAMES])
