"""What collection KPIs and fill forecasts read: levels of containers, lifts, what a round of the plan takes."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class ContainerLevels:
    """Levels [%] that one placed series measured in a container at instants [Unix s], the last of each hour, in order.

    Where and for what it is emptied (None: not entered), and from which level it ought to be.
    """

    asset_id: int
    series_id: int
    name: str
    sector: str | None
    waste_stream: str | None
    full_at_percent: float | None
    at_s: tuple[int, ...]
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WatchedContainer:
    """A container whose level has been measured since an instant."""

    asset_id: int
    sector: str | None
    waste_stream: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class DisplacedHour:
    """An hour in which a container said that it was out of its place."""

    asset_id: int
    hour: datetime


@dataclass(frozen=True, slots=True)
class DoneLift:
    """A container that a vehicle emptied, as somebody (`source`) said."""

    asset_id: int
    lifted_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class PlanAmounts:
    """What one round of a plan takes, between low and high; None: not entered. The plan holds from `first_on` on."""

    sector: str
    waste_stream: str
    first_on: date
    valid_to: date | None
    distance_low_km: float | None = None
    distance_high_km: float | None = None
    duration_low_h: float | None = None
    duration_high_h: float | None = None
    cost_low_eur: float | None = None
    cost_high_eur: float | None = None
    tonnage_t: float | None = None


def read_container_levels(connection: Connection, window: Window) -> list[ContainerLevels]:
    """Read the levels measured in the window, in order of container and time."""
    levels: list[ContainerLevels] = []
    with connection.cursor(binary=True) as cursor:
        for row in cursor.execute(QUERIES["read_container_levels"], window_parameters(window)):
            instants, values = np.frombuffer(row[6], dtype=">i8"), np.frombuffer(row[7], dtype=">f8")
            described = row[0], row[1], row[2], row[3], row[4], row[5]
            levels.append(ContainerLevels(*described, tuple(instants.tolist()), tuple(values.tolist())))
    return levels


def read_watched_containers(connection: Connection, window: Window) -> list[WatchedContainer]:
    """Read the containers whose level was measured before the window ends."""
    rows = connection.execute(QUERIES["read_watched_containers"], window_parameters(window))
    return [WatchedContainer(*row) for row in rows]


def read_displaced_hours(connection: Connection, window: Window) -> list[DisplacedHour]:
    """Read the hours of the window in which containers were out of their place."""
    rows = connection.execute(QUERIES["read_displaced_hours"], window_parameters(window))
    return [DisplacedHour(*row) for row in rows]


def read_lifts_done(connection: Connection, window: Window) -> list[DoneLift]:
    """Read the lifts of the window that were declared or told by telematics."""
    return [DoneLift(*row) for row in connection.execute(QUERIES["read_lifts_done"], window_parameters(window))]


def read_plan_amounts(connection: Connection, window: Window) -> list[PlanAmounts]:
    """Read what a round takes of each plan that holds in the window."""
    return [PlanAmounts(*row) for row in connection.execute(QUERIES["read_plan_amounts"], window_parameters(window))]
