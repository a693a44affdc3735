"""What the rules of air handling units and boilers read: signals in even steps, starts by the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Signal:
    """One quantity and channel of a unit: means of its values by step, counted from 1970, those without left out."""

    asset_id: int
    name: str
    quantity: str
    channel: str
    slots: tuple[int, ...]
    means: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StartHours:
    """A boiler's starts by the hour, and the seconds in which they were counted, in order of time."""

    asset_id: int
    name: str
    hours: tuple[datetime, ...]
    starts: tuple[float, ...]
    spans_s: tuple[float, ...]


def read_unit_signals(
    connection: Connection, window: Window, asked: Sequence[tuple[str, str]], step_s: int
) -> list[Signal]:
    """Read signals (quantity, channel) of the window's units in steps of so many seconds, units in order."""
    parameters = {
        **window_parameters(window),
        "quantities": [quantity for quantity, _ in asked],
        "channels": [channel for _, channel in asked],
        "step_s": step_s,
    }
    rows = connection.execute(QUERIES["read_unit_signals"], parameters)
    return [Signal(row[0], row[1], row[2], row[3], tuple(row[4]), tuple(row[5])) for row in rows]


def read_start_hours(connection: Connection, window: Window) -> list[StartHours]:
    """Read how often the window's boilers started, hour by hour; hours with a counter's reset are left out."""
    rows = connection.execute(QUERIES["read_start_hours"], window_parameters(window))
    return [StartHours(row[0], row[1], tuple(row[2]), tuple(row[3]), tuple(row[4])) for row in rows]
