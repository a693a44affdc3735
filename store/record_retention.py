"""Retention of what the platform notes of itself: gaps, expectations, sessions, presences, drops of brokers, health.

And of photos of work orders.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
KEPT = timedelta(days=3653)  # as long as raw values of the class `standard`
TABLES = ("asset_health", "gaps", "expectations", "session_changes", "presence_changes", "broker_drops")
PHOTOS_KEPT = timedelta(days=1096)  # a picture may show people
KEPT_BY_TABLE = {**dict.fromkeys(TABLES, KEPT), "work_order_photos": PHOTOS_KEPT}


def end_records(
    connection: psycopg.Connection[tuple[Any, ...]], now: datetime, *, is_dry: bool = False
) -> Iterator[tuple[str, datetime, datetime, int]]:
    """End what is older than ten years, each table in a transaction of its own; in a dry run only say so.

    Photos end three years after their work order was done.

    Yields
    ------
    Table, time of its oldest row that goes, time before which rows go, number of rows; none where nothing goes.
    """
    for table, kept in KEPT_BY_TABLE.items():
        cut = now - kept
        with connection.transaction(force_rollback=is_dry):
            row = connection.execute(QUERIES[f"end_{table}"], {"cut": cut}).fetchone()
        if row is not None and row[0]:
            yield table, row[1], cut, row[0]
