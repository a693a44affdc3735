"""How the platform stands at this moment, as its own tables tell it: what `vigie status` shows in one screen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class PlatformState:
    """Versions, size [B], sessions of the ingest and how many are served, values of this hour and the one before.

    `last_batch_at` is None before the first message; `n_urgent` counts open incidents that are urgent or critical.
    """

    postgresql: str
    timescaledb: str
    size_bytes: int
    n_slots: int
    n_served: int
    last_batch_at: datetime | None
    n_stored: int
    n_duplicate: int
    n_rejected: int
    n_unresolved: int
    n_urgent: int
    n_open: int


def read_platform_state(connection: psycopg.Connection[tuple[Any, ...]]) -> PlatformState:
    """Ask once; nothing is changed. Raises psycopg.errors.UndefinedTable where the database is not migrated."""
    row = connection.execute(QUERIES["read_platform_state"]).fetchone()
    assert row is not None  # each part gives just one row
    return PlatformState(*row)
