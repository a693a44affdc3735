"""What hints about single machines read: hours of placed gauges as arrays, days of gauges, hours in certain states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)
YEAR_2000_S = 946_684_800.0  # PostgreSQL sends instants as microseconds since then (protocol, binary formats)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GaugeHours:
    """Hours of one placed gauge in order of time, with its asset's name, parent and attributes as entered, and its
    channel ("" where a quantity has one only).

    Arrays of shape (n_hours,): `begins_s` [Unix s], lowest, time-weighted mean and highest value, the seconds for which
    it is known, and how many values were measured (where none was, the one held on is the lowest and the highest). Of
    daily rollups the same with civil days.
    """

    series_id: int
    asset_id: int
    name: str
    parent_id: int | None
    attributes: Mapping[str, Any]
    quantity: str
    begins_s: Floats
    low: Floats
    mean: Floats
    high: Floats
    covered_s: Floats
    n_values: Floats
    channel: str = ""

    def between(self, begin_s: float, end_s: float) -> slice:
        """Give the positions of the hours that begin in a span, its end not included."""
        first, end = np.searchsorted(self.begins_s, (begin_s, end_s))
        return slice(int(first), int(end))


@dataclass(frozen=True, slots=True)
class StateHour:
    """An hour of a placed state in which it had one of the codes asked for, and for how long [s]."""

    asset_id: int
    name: str
    quantity: str
    hour: datetime
    state: int
    seconds: float


@dataclass(frozen=True, slots=True)
class NamedAsset:
    """An asset, its name and the asset it hangs on."""

    asset_id: int
    name: str
    parent_id: int | None


def read_named_assets(connection: Connection, window: Window) -> list[NamedAsset]:
    """Read the window's assets."""
    return [NamedAsset(*row) for row in connection.execute(QUERIES["read_named_assets"], window_parameters(window))]


def read_gauge_hours(
    connection: Connection,
    window: Window,
    quantities: Sequence[str],
    civil_hours: Sequence[int] = (),
    channels: Sequence[str] = ("",),
) -> list[GaugeHours]:
    """Read hours of these quantities on these channels; only these hours of the civil day where some are named."""
    parameters = {
        **window_parameters(window),
        "quantities": list(quantities),
        "civil_hours": list(civil_hours),
        "channels": list(channels),
    }
    return read_arrays(connection, "read_gauge_hours", parameters)


def read_gauge_days(connection: Connection, window: Window, quantities: Sequence[str]) -> list[GaugeHours]:
    """Read the civil days of the main channel of these quantities."""
    return read_arrays(connection, "read_gauge_days", {**window_parameters(window), "quantities": list(quantities)})


def read_arrays(connection: Connection, query: str, parameters: Mapping[str, Any]) -> list[GaugeHours]:
    """Run a query that gives bytes of instants, lowest, mean, highest, covered seconds and numbers of values."""
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(QUERIES[query], parameters).fetchall()
    return [gauge_of(row[:7], instants(row[7]), [numbers(part) for part in row[8:]]) for row in rows]


def gauge_of(about: Sequence[Any], begins_s: Floats, parts: Sequence[Floats]) -> GaugeHours:
    """Name the columns of a row."""
    series_id, asset_id, name, parent_id, attributes, quantity, channel = about
    low, mean, high, covered_s, n_values = parts
    place = (series_id, asset_id, name, parent_id, attributes)
    return GaugeHours(*place, quantity, begins_s, low, mean, high, covered_s, n_values, channel)


def instants(since_2000_us: bytes) -> Floats:
    """Give Unix seconds of the bytes of instants."""
    return np.asarray(np.frombuffer(since_2000_us, dtype=">i8") / 1e6 + YEAR_2000_S, dtype=np.float64)


def numbers(raw: bytes) -> Floats:
    """Give floats of their bytes."""
    return np.frombuffer(raw, dtype=">f8").astype(np.float64)


def read_state_hours(
    connection: Connection, window: Window, codes_by_quantity: Mapping[str, Sequence[int]]
) -> list[StateHour]:
    """Read the hours in which a state had one of these codes."""
    pairs = [(quantity, code) for quantity, codes in codes_by_quantity.items() for code in codes]
    parameters = {
        **window_parameters(window),
        "quantities": [quantity for quantity, _ in pairs],
        "codes": [code for _, code in pairs],
    }
    return [StateHour(*row) for row in connection.execute(QUERIES["read_state_hours"], parameters)]
