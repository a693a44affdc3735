"""What hints about counted wear read: days of placed counters as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.gauge_hours import Floats, instants, numbers
from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class CounterDays:
    """Civil days of one placed counter in order of time, with its asset's name and attributes as entered.

    Arrays of shape (n_days,): `begins_s` [Unix s], the day's increase in the quantity's unit, and the seconds in which
    it came about. Days on which the counter began anew are left out.
    """

    series_id: int
    asset_id: int
    name: str
    attributes: Mapping[str, Any]
    quantity: str
    begins_s: Floats
    increases: Floats
    spans_s: Floats


def read_counter_days(connection: Connection, window: Window, quantities: Sequence[str]) -> list[CounterDays]:
    """Read the civil days of the main channel of these counters of the window's assets."""
    parameters = {**window_parameters(window), "quantities": list(quantities)}
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(QUERIES["read_counter_days"], parameters).fetchall()
    return [counter_of(row[:5], instants(row[5]), numbers(row[6]), numbers(row[7])) for row in rows]


def counter_of(about: Sequence[Any], begins_s: Floats, increases: Floats, spans_s: Floats) -> CounterDays:
    """Name the columns of a row."""
    series_id, asset_id, name, attributes, quantity = about
    return CounterDays(series_id, asset_id, name, attributes, quantity, begins_s, increases, spans_s)
