"""What parking KPIs and forecasts read: values of car parks, days of bays, hours of zones, stays."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ParkCurve:
    """A car park's values of one quantity, the newest of each quarter of an hour, at their instants [Unix s]."""

    asset_id: int
    quantity: str
    n_places: float | None
    at_s: tuple[float, ...]
    values: tuple[float, ...]


def read_park_values(connection: Connection, window: Window, quantities: Sequence[str]) -> list[ParkCurve]:
    """Read values of these quantities, by asset and series."""
    parameters = {**window_parameters(window), "quantities": list(quantities)}
    rows = connection.execute(QUERIES["read_park_values"], parameters)
    return [ParkCurve(*row[:3], tuple(row[3]), tuple(row[4])) for row in rows]
