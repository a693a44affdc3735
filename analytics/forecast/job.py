"""Forecasts made: each kind, for each territory in which it is due."""

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


def tell_forecasts(connection: Connection, now: datetime) -> ForecastReport:
    """Make the forecasts that are due; each kind and territory is a transaction of its own."""
    n_written = 0
    for forecaster in forecasters():
        mark = f"forecast.{forecaster.name}", forecaster.version
        for due in read_due_territories(connection, mark, forecaster.asset_types, now - forecaster.rhythm):
            with connection.transaction():
                n_written += make(connection, forecaster, due, now)
                save_hint_mark(connection, due.territory_id, *mark, now)
    return ForecastReport(n_written)


def make(connection: Connection, forecaster: Forecaster, due: DueTerritory, now: datetime) -> int:
    """Make one kind of forecast for one territory, and take away what lies in the past."""
    n_written = write_forecasts(connection, forecaster.tell(connection, due, now))
    drop_old_forecasts(connection, due.territory_id, forecaster.asset_types, now)
    return n_written
