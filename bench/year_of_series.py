"""A year of made-up series, one value each 10 minutes, as rows in the order in which devices send them.

Half of the series are gauges, three in ten counters, two in ten states. Each has its own second of the ten minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg

from sensors.asset_entry import AssetEntry
from store.intake import Rows
from store.registry import DeviceEntry, TerritoryEntry, register
from store.series import SeriesKey, ensure_series

TERRITORY = "bench"
N_SERIES = 1000
N_DEVICES = 100
N_METERS = 20  # devices placed on an asset that has KPIs: telling more of them takes minutes
STEP_S = 600
STEPS_A_DAY = 86_400 // STEP_S
DAYS = 365
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
LAST = FIRST + timedelta(days=DAYS)
WHOLE = N_SERIES * DAYS * STEPS_A_DAY
GAUGES = ("temperature", "co2", "relative_humidity", "voltage", "illuminance")
QUANTITIES = (*GAUGES, "active_energy", "water_volume", "gas_volume", "occupancy", "door")


@dataclass(frozen=True, slots=True)
class Year:
    """The series that speak all year, and those that speak on the last day alone, where fewer rows are wanted."""

    whole_ids: np.ndarray[tuple[int], np.dtype[np.int32]]
    brief_ids: np.ndarray[tuple[int], np.dtype[np.int32]]

    def days(self) -> Iterator[Rows]:
        """Give the rows day by day."""
        random = np.random.default_rng(5)
        for day in range(DAYS):
            ids = self.whole_ids if day < DAYS - 1 else np.concatenate([self.whole_ids, self.brief_ids])
            yield day_of_rows(day, ids, random)


def make_year(connection: psycopg.Connection[tuple[Any, ...]], n_rows: int) -> Year:
    """Register the series and say which of them speak all year, so that there are about `n_rows` rows."""
    places = [{"*": f"meter-{number:03d}"} for number in range(N_METERS)] + [{}] * (N_DEVICES - N_METERS)
    devices = [DeviceEntry(TERRITORY, f"device-{number:03d}", placements=place) for number, place in enumerate(places)]
    assets = [
        AssetEntry(TERRITORY, f"meter-{number:03d}", f"Meter {number}", "electricity_meter")
        for number in range(N_METERS)
    ]
    register(connection, [TerritoryEntry(TERRITORY, "Bench")], assets, devices)
    keys = [
        SeriesKey(device_id, "", quantity, unit)
        for device_id, quantity, unit in connection.execute(
            "select device_id, quantity, unit from devices"
            " cross join unnest(%s::text[]) with ordinality as asked (quantity, place)"
            " join quantities using (quantity) order by device_id, place",
            (list(QUANTITIES),),
        )
    ]
    found = ensure_series(connection, keys)
    ids = np.array([found[key] for key in keys], dtype=np.int32)
    n_whole = min(N_SERIES, max(N_METERS, (n_rows - N_SERIES * STEPS_A_DAY) // (STEPS_A_DAY * (DAYS - 1))))
    return Year(ids[:n_whole], ids[n_whole:])


def day_of_rows(day: int, ids: np.ndarray[tuple[int], np.dtype[np.int32]], random: np.random.Generator) -> Rows:
    """Make one day: step after step, each time all series."""
    steps = np.arange(day * STEPS_A_DAY, (day + 1) * STEPS_A_DAY, dtype=np.int64)[:, None]
    numbers = np.arange(ids.size, dtype=np.int64)[None, :]
    at_s = int(FIRST.timestamp()) + steps * STEP_S + numbers * 7 % STEP_S
    column = np.broadcast_to(numbers % 10, at_s.shape)
    gauges = 20 + 8 * np.sin(steps / STEPS_A_DAY * 2 * np.pi + numbers) + random.normal(0, 0.5, at_s.shape)
    counters = steps * (1 + numbers % 7) * 0.05
    states = (steps // (7 + numbers % 5)) % 2
    values = np.where(column < 5, np.round(gauges, 2), np.where(column < 8, np.round(counters, 2), states))
    return Rows(np.broadcast_to(ids, at_s.shape).ravel(), (at_s * 1_000_000).ravel(), values.astype(float).ravel())
