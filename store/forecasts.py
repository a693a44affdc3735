"""Forecasts: the newest of each asset, quantity and lead, written by analytics and listed for readers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from store.reader import Connection as ReaderConnection
from store.reader import Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a quantity of an asset will be at `for_at`, known as of `made_at`; `low` and `high` bound it at 90 %.

    `lead_s` [s] is how far ahead was asked for; `detail` holds numbers beside it, in what JSON can hold.
    """

    asset_id: int
    quantity: str
    lead_s: int
    made_at: datetime
    for_at: datetime
    value: float
    low: float
    high: float
    method: str
    method_version: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueTerritory:
    """A territory in which a forecast is to be made."""

    territory_id: int
    time_zone: str


def write_forecasts(connection: Connection, forecasts: Sequence[Forecast]) -> int:
    """Write forecasts in place of those before with the same asset, quantity and lead; give how many."""
    rows = [
        {
            "asset_id": one.asset_id,
            "quantity": one.quantity,
            "lead_s": one.lead_s,
            "made_at": one.made_at.isoformat(),
            "for_at": one.for_at.isoformat(),
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "method": one.method,
            "method_version": one.method_version,
            "detail": dict(one.detail),
        }
        for one in forecasts
    ]
    return connection.execute(QUERIES["write_forecasts"], {"forecasts": json.dumps(rows, allow_nan=False)}).rowcount


def drop_old_forecasts(connection: Connection, territory_id: int, asset_types: Sequence[str], before: datetime) -> int:
    """Take away forecasts for instants before this one: they say nothing of what is to come."""
    parameters = {"territory_id": territory_id, "types": list(asset_types), "before": before}
    return connection.execute(QUERIES["drop_old_forecasts"], parameters).rowcount


def read_due_territories(
    connection: Connection, mark: tuple[str, str], asset_types: Sequence[str], before: datetime
) -> list[DueTerritory]:
    """Read where a forecast, named with its version by `mark`, was not made since `before`."""
    parameters = {"types": list(asset_types), "mark": mark[0], "version": mark[1], "before": before}
    return [DueTerritory(*row) for row in connection.execute(QUERIES["read_due_territories"], parameters)]


async def list_forecasts(
    connection: ReaderConnection, filters: Mapping[str, str | int | None], *, after: tuple[int, str, int], n: int
) -> list[Row]:
    """List forecasts behind (asset id, quantity, lead); filters: territory, asset_id, type, quantity."""
    names = ("after_asset", "after_quantity", "after_lead")
    parameters = {**filters, "n": n, **dict(zip(names, after, strict=True))}
    return await fetch(connection, QUERIES["list_forecasts"], parameters)
