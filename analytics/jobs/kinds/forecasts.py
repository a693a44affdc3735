"""Forecasts, by kind and territory, as often as each is made."""

from collections.abc import Iterable

from analytics.forecast.job import ForecastReport, find_due, tell_forecast
from analytics.jobs import Done, Kind, Moment, Wait
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Wait where one is due."""
    return [Wait(f"{due.territory_id}.{forecaster.name}") for forecaster, due in find_due(connection, moment.now)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Make one, where it is still due."""
    n_written = sum(
        tell_forecast(connection, forecaster, due, moment.now)
        for forecaster, due in find_due(connection, moment.now)
        if part == f"{due.territory_id}.{forecaster.name}"
    )
    return Done(ForecastReport(n_written))


KIND = Kind("forecasts", 90, find, run)
