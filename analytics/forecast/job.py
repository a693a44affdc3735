"""Forecasts made: each kind, for each territory in which it is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from analytics.forecast import Forecaster, forecasters
from store.forecasts import DueTerritory, drop_old_forecasts, read_due_territories, write_forecasts
from store.hints import save_hint_mark
from store.inputs import Connection


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """How many forecasts were written."""

    n_written: int = 0

    def __add__(self, other: "ForecastReport") -> "ForecastReport":
        """Add two reports up."""
        return ForecastReport(self.n_written + other.n_written)


def tell_forecasts(connection: Connection, now: datetime) -> ForecastReport:
    """Make the forecasts that are due; each kind and territory is a transaction of its own."""
    n_written = 0
    for forecaster, due in find_due(connection, now):
        n_written += tell_forecast(connection, forecaster, due, now)
    return ForecastReport(n_written)


def find_due(connection: Connection, now: datetime) -> Iterator[tuple[Forecaster, DueTerritory]]:
    """Give each kind of forecast with the territories in which it is due."""
    for forecaster in forecasters():
        for due in read_due_territories(
            connection, mark_of(forecaster), forecaster.asset_types, now - forecaster.rhythm
        ):
            yield forecaster, due


def tell_forecast(connection: Connection, forecaster: Forecaster, due: DueTerritory, now: datetime) -> int:
    """Make one kind of forecast for one territory, note it, and give how many were written."""
    with connection.transaction():
        n_written = make(connection, forecaster, due, now)
        save_hint_mark(connection, due.territory_id, *mark_of(forecaster), now)
    return n_written


def mark_of(forecaster: Forecaster) -> tuple[str, str]:
    """Give the name and version under which it is noted that a forecast was made."""
    return f"forecast.{forecaster.name}", forecaster.version


def make(connection: Connection, forecaster: Forecaster, due: DueTerritory, now: datetime) -> int:
    """Make one kind of forecast for one territory, and take away what lies in the past."""
    n_written = write_forecasts(connection, forecaster.tell(connection, due, now))
    drop_old_forecasts(connection, due.territory_id, forecaster.asset_types, now)
    return n_written
