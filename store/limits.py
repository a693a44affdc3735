"""Newest values beyond limits, as they stand when something has come."""

from dataclasses import dataclass
from datetime import datetime

from sensors.limit import CLOSE_SHARE, Limit
from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A series whose newest value is beyond its limit, both in the quantity's unit, and since when without a break."""

    series_id: int
    asset_id: int
    territory_id: int
    time_zone: str
    name: str
    observed_at: datetime
    value: float
    limit: float
    since: datetime


def read_crossings(connection: Connection, limit: Limit, now: datetime) -> list[Crossing]:
    """Read what is beyond a limit now; values older than an hour are no matter for an alert."""
    parameters = {**parameters_of(limit), "now": now}
    return [Crossing(*row) for row in connection.execute(QUERIES["read_crossings"], parameters)]


def close_returned(connection: Connection, limit: Limit, model: str) -> int:
    """End the findings of a limit whose series is back where it closes, and give how many."""
    parameters = {**parameters_of(limit), "model": model, "close_share": CLOSE_SHARE}
    return connection.execute(QUERIES["close_returned"], parameters).rowcount


def parameters_of(limit: Limit) -> dict[str, str | float | None]:
    """Name the fields as the queries do."""
    return {name: getattr(limit, name) for name in Limit.__slots__}
