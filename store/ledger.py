"""The delivery ledger: what the workers append per batch, folded into one row per device and arrival hour."""

from datetime import datetime
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)


def fold(connection: psycopg.Connection[tuple[Any, ...]]) -> int:
    """Move the delivery log into the ledger, in one transaction, and give the number of rows moved; safe under two."""
    with connection.transaction():
        connection.execute(QUERIES["lock_fold"])
        row = connection.execute(QUERIES["fold"]).fetchone()
    return int(row[0]) if row else 0


def forget_message_keys(connection: psycopg.Connection[tuple[Any, ...]], before: datetime) -> int:
    """Forget the ids of messages that arrived before this instant, and give how many (kept 7 days by the jobs)."""
    with connection.transaction():
        return connection.execute(QUERIES["forget_message_keys"], {"before": before}).rowcount
