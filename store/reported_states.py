"""What devices said last of their states in each hour: read by the hints about what they report themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ReportedState:
    """The code that a state had at the end of an hour, and when it was last told; by the name of its asset, else of
    its device."""

    series_id: int
    device_id: int | None
    asset_id: int | None
    name: str
    channel: str
    quantity: str
    observed_at: datetime
    code: int


def read_reported_states(
    connection: Connection, window: Window, code_by_quantity: Mapping[str, int]
) -> list[ReportedState]:
    """Read the last code of each hour in which one was told, by series in order of time, of the states that had the
    code asked for at the end of an hour of the window, or have an open finding."""
    asked = {"quantities": list(code_by_quantity), "codes": list(code_by_quantity.values())}
    parameters = {**window_parameters(window), **asked}
    return [ReportedState(*row) for row in connection.execute(QUERIES["read_reported_states"], parameters)]
