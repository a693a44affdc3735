"""The newest value of each series: derived, written beside the acknowledged path, rebuilt where it was missed."""

from collections.abc import Sequence
from typing import Any

import psycopg

from store.intake import Floats, Ints, Times
from store.sql import load_queries

QUERIES = load_queries(__file__)


def upsert_newest(
    connection: psycopg.Connection[tuple[Any, ...]], series_ids: Ints, times_us: Times, values: Floats, batch_ids: Ints
) -> None:
    """Take over values that are newer than those held: each series at most once, times in microseconds since 1970."""
    with connection.transaction():
        connection.execute(
            QUERIES["upsert_newest"],
            {
                "series_ids": series_ids.tolist(),
                "times_us": times_us.tolist(),
                "values": values.tolist(),
                "batch_ids": batch_ids.tolist(),
            },
        )


def rebuild_newest(connection: psycopg.Connection[tuple[Any, ...]], workers: Sequence[str]) -> int:
    """Read the newest values again for the devices these workers heard last, and give how many changed."""
    with connection.transaction():
        return connection.execute(QUERIES["rebuild_newest"], {"workers": list(workers)}).rowcount
