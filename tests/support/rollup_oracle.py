"""What rollups must hold, told by SQL over all raw rows of a series; see `rollup_oracle.sql`."""

from datetime import datetime, timedelta
from typing import Any

import psycopg

from store.sql import load_queries
from tests.support.rollup_twin import Twin

QUERIES = load_queries(__file__)


def ask_oracle(
    connection: psycopg.Connection[tuple[Any, ...]],
    series: tuple[int, str, timedelta, float | None],
    unit: str,
    zone: str,
    until: datetime,
) -> Twin:
    """Tell the rows of one series (id, kind, hold, roll-over), by hour or civil day; counters without their span."""
    series_id, kind, hold, rolls_over_at = series
    parameters = {
        "series_id": series_id,
        "hold": hold,
        "rolls_over_at": rolls_over_at,
        "unit": unit,
        "zone": "UTC" if unit == "hour" else zone,
        "until": until,
    }
    told = Twin({row[0]: row[1:] for row in connection.execute(QUERIES["tell_measurements"], parameters)})
    if kind == "counter":
        told.counters = {row[0]: row[1:] for row in connection.execute(QUERIES["tell_counters"], parameters)}
    if kind == "state":
        told.states = {row[:2]: row[2:] for row in connection.execute(QUERIES["tell_states"], parameters)}
    return told
