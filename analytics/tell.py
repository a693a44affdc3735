"""KPIs told: for each day that has ended and changed, every domain's figures of the periods it touches."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from analytics.kpi import Domain, domains
from analytics.kpi.figure import Figure, bound
from analytics.period import Period, periods_of, with_following_months
from store.inputs import ChangedDay, Connection, Window, read_delivered, take_changed_days
from store.results import KpiReport, KpiValue, write_kpis


def tell_changed(connection: Connection, computed_to: datetime, n_days: int = 31) -> KpiReport:
    """Tell the KPIs of the oldest ended days that changed since the last time, in one transaction.

    Parameters
    ----------
    computed_to
        Up to which instant rollups are computed: no period that ends later is told.
    n_days
        At most so many days of territories; the next call goes on.
    """
    total = KpiReport(0, 0, 0)
    with connection.transaction():
        asked = periods_to_tell(take_changed_days(connection, n_days), computed_to)
        for domain, windows in in_runs(asked):
            for window, inputs in zip(windows, domain.read_all(connection, windows), strict=True):
                figures = tell_domain(connection, domain, window, inputs)
                if figures:
                    report = write_kpis(connection, [kpi_value(window, domain, figure) for figure in figures])
                    total = KpiReport(
                        total.n_new + report.n_new,
                        total.n_restated + report.n_restated,
                        total.n_unchanged + report.n_unchanged,
                    )
    return total


def in_runs(asked: Iterable[tuple[int, Domain, Period]]) -> Iterable[tuple[Domain, list[Window]]]:
    """Put the periods of one domain and territory that follow one another together, to be read at once."""
    for (territory_id, domain), run in groupby(asked, lambda one: (one[0], one[1])):
        yield domain, [Window(territory_id, domain.asset_types, one[2].begins_at, one[2].ends_at) for one in run]


def tell_domain(connection: Connection, domain: Domain, window: Window, inputs: Any) -> Sequence[Figure]:
    """Tell a domain's figures of one period."""
    figures = domain.tell(inputs)
    if not figures or not domain.holds_values:
        return figures
    delivered = read_delivered(connection, window)
    return [bound(figure, delivered.get(figure.asset_id)) for figure in figures]


def periods_to_tell(days: Iterable[ChangedDay], computed_to: datetime) -> list[tuple[int, Domain, Period]]:
    """Give each (territory, domain, period) once, by domain and time; domains that rest on others come last."""
    asked = {
        (day.territory_id, index, period)
        for day in days
        for index, domain in enumerate(domains())
        for period in periods_touched(day, domain, computed_to)
    }
    ordered = sorted(
        asked,
        key=lambda item: (
            domains()[item[1]].n_months_back is not None,
            item[1],
            item[0],
            item[2].begins_at,
            item[2].ends_at,
        ),
    )
    return [(territory_id, domains()[index], period) for territory_id, index, period in ordered]


def periods_touched(day: ChangedDay, domain: Domain, computed_to: datetime) -> list[Period]:
    """Give the periods of a domain whose figures rest on a day."""
    periods = periods_of(day.begins_at, day.time_zone, domain.rhythm, computed_to)
    return with_following_months(periods, day.time_zone, domain.n_months_back or 0, computed_to)


def kpi_value(window: Window, domain: Domain, figure: Figure) -> KpiValue:
    """Put a figure where it belongs."""
    return KpiValue(
        territory_id=window.territory_id,
        asset_id=figure.asset_id,
        kpi=figure.kpi,
        begins_at=window.begins_at,
        ends_at=window.ends_at,
        value=figure.value,
        unit=figure.unit,
        low=figure.low,
        high=figure.high,
        completeness=figure.completeness,
        method=domain.method,
        method_version=domain.method_version,
        inputs_hash=figure.inputs_hash,
        baseline=figure.baseline,
        withheld=figure.withheld,
        proof=figure.proof,
    )
