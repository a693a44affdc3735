"""Closed work orders as KPIs look at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection, Window
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ClosedOrder:
    """A work order that was closed; `announced_at` is when Vigie first said it, None where it was opened by hand, and
    `kinds` are those of the findings that the closing judged."""

    work_order_id: int
    asset_type: str | None
    verdict: str
    condition: str | None
    announced_at: datetime | None
    failed_at: datetime | None
    kinds: Sequence[str] = ()


def read_closed_orders(connection: Connection, window: Window) -> list[ClosedOrder]:
    """Read the work orders of a territory that were closed in a window, in order of their numbers."""
    parameters = {"territory_id": window.territory_id, "from": window.begins_at, "to": window.ends_at}
    return [ClosedOrder(*row) for row in connection.execute(QUERIES["read_closed_orders"], parameters)]
