"""What hints about sensors read: civil days of every series of some quantities, and hours in which counters fell."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class SeriesDays:
    """Days of one series in order, each beginning at `days`: number of values, lowest, highest, time-weighted mean.

    `covered_s` [s] is the time of a day for which the mean is known. The name is that of the asset, else of the device.
    """

    series_id: int
    device_id: int | None
    asset_id: int | None
    asset_type: str | None
    name: str
    parent_id: int | None
    channel: str
    quantity: str
    quantity_en: str
    quantity_fr: str
    unit: str
    days: tuple[datetime, ...]
    counts: tuple[int, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    means: tuple[float, ...]
    covered_s: tuple[float, ...]

    def before(self, at: datetime, since: datetime) -> slice:
        """Give the positions of the days that began from `since` on and before an instant."""
        return slice(bisect_left(self.days, since), bisect_left(self.days, at))


@dataclass(frozen=True, slots=True)
class Spreads:
    """Days of one series, and the middle of the spreads (highest less lowest) of each one's hours, in its unit."""

    series_id: int
    device_id: int | None
    asset_id: int | None
    name: str
    quantity_en: str
    quantity_fr: str
    unit: str
    days: tuple[datetime, ...]
    spreads: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reset:
    """An hour in which a counter fell: how often, its value before that hour (None: not known) and at its end."""

    series_id: int
    device_id: int | None
    asset_id: int | None
    name: str
    quantity_en: str
    quantity_fr: str
    unit: str
    hour: datetime
    n_resets: int
    value_before: float | None
    value_after: float


def read_series_days(connection: Connection, window: Window, quantities: Sequence[str]) -> list[SeriesDays]:
    """Read the days of these quantities; of assets of the window's types, or of everything where it names none."""
    parameters = {**window_parameters(window), "quantities": list(quantities)}
    rows: list[tuple[Any, ...]] = connection.execute(QUERIES["read_series_days"], parameters).fetchall()
    return [SeriesDays(*row[:11], *map(tuple, row[11:])) for row in rows]


def read_spreads(connection: Connection, window: Window, quantities: Sequence[str]) -> list[Spreads]:
    """Read how much these quantities move within an hour, day by day."""
    parameters = {**window_parameters(window), "quantities": list(quantities)}
    rows: list[tuple[Any, ...]] = connection.execute(QUERIES["read_hourly_spreads"], parameters).fetchall()
    return [Spreads(*row[:7], *map(tuple, row[7:])) for row in rows]


def read_resets(connection: Connection, window: Window) -> list[Reset]:
    """Read the hours of a window in which counters fell though nobody had announced it."""
    return [Reset(*row) for row in connection.execute(QUERIES["read_resets"], window_parameters(window))]
