"""What KPIs of water networks read: points with what hangs on them, their flow by night, and their volumes."""

from dataclasses import dataclass
from datetime import date

from store.inputs import Connection, Window, window_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class WaterPoint:
    """A metered pipe or water meter, and the asset it hangs on.

    Out of its attributes, None where not entered: how many connections lie behind it, the legitimate use of each at
    night [m3/h], and the error of its meter [%].
    """

    asset_id: int
    parent_id: int | None
    n_connections: float | None
    night_use_m3_h: float | None
    meter_error_percent: float | None


@dataclass(frozen=True, slots=True)
class NightFlow:
    """The mean flow of one placed series between two and four in the morning [m3/h], and the seconds it is known."""

    asset_id: int
    series_id: int
    day: date
    flow_m3_h: float
    known_s: float


def read_water_points(connection: Connection, window: Window) -> list[WaterPoint]:
    """Read the window's points that measure flow or volume."""
    return [WaterPoint(*row) for row in connection.execute(QUERIES["read_water_points"], window_parameters(window))]


def read_night_flows(connection: Connection, window: Window) -> list[NightFlow]:
    """Read the flow of each night, of a point with a counter that of the counter."""
    return [NightFlow(*row) for row in connection.execute(QUERIES["read_night_flows"], window_parameters(window))]
