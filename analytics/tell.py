"""KPIs told: for each day that has ended and changed, every domain's figures of the periods it touches.

A day that lies in the baseline of a project changes what the months after it are compared with: they are told anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from analytics.kpi import Domain, domains
from analytics.kpi.figure import Figure, bound
from analytics.period import Period, periods_of, with_following_months
from store.inputs import ChangedDay, Connection, Delivered, Window, read_delivered, take_changed_days
from store.restatement import Occasion, mark_after_baselines, note_methods
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
        days = take_changed_days(connection, n_days)
        mark_after_baselines(connection, [(day.territory_id, day.begins_at, day.cause, day.actor) for day in days])
        for domain, run in in_runs(periods_to_tell(days, computed_to)):
            windows = [window for window, _ in run]
            for (window, occasions), inputs in zip(run, domain.read_all(connection, windows), strict=True):
                figures = tell_domain(connection, domain, window, inputs)
                if figures:
                    values = [kpi_value(window, domain, figure) for figure in figures]
                    total = add(total, write_kpis(connection, values, occasions))
    return total


def add(total: KpiReport, report: KpiReport) -> KpiReport:
    """Add two reports up."""
    return KpiReport(
        total.n_new + report.n_new,
        total.n_restated + report.n_restated,
        total.n_unchanged + report.n_unchanged,
    )


def in_runs(
    asked: Iterable[tuple[tuple[int, Domain, Period], set[Occasion]]],
) -> Iterable[tuple[Domain, list[tuple[Window, set[Occasion]]]]]:
    """Put the periods of one domain and territory that follow one another together, to be read at once."""
    for (territory_id, domain), run in groupby(asked, lambda one: one[0][:2]):
        yield (
            domain,
            [
                (Window(territory_id, domain.asset_types, period.begins_at, period.ends_at), occasions)
                for (_, _, period), occasions in run
            ],
        )


def tell_domain(connection: Connection, domain: Domain, window: Window, inputs: Any) -> Sequence[Figure]:
    """Tell a domain's figures of one period."""
    figures = domain.tell(inputs)
    if not figures or not domain.holds_values:
        return figures
    return bound_all(domain, figures, read_delivered(connection, window))


def bound_all(domain: Domain, figures: Sequence[Figure], delivered: Mapping[int | None, Delivered]) -> Sequence[Figure]:
    """Let figures that rest on held values be no more complete than the messages of their assets' devices."""
    if not domain.holds_values:
        return figures
    return [bound(figure, delivered.get(figure.asset_id)) for figure in figures]


def periods_to_tell(
    days: Iterable[ChangedDay], computed_to: datetime
) -> list[tuple[tuple[int, Domain, Period], set[Occasion]]]:
    """Give each (territory, domain, period) once with why it is told; domains that rest on others come last."""
    asked: dict[tuple[int, int, Period], set[Occasion]] = {}
    for day in days:
        for index, domain in enumerate(domains()):
            for period in periods_touched(day, domain, computed_to):
                asked.setdefault((day.territory_id, index, period), set()).add(Occasion(day.cause, day.actor))
    ordered = sorted(
        asked,
        key=lambda key: (domains()[key[1]].n_months_back is not None, key[1], key[0], key[2].begins_at, key[2].ends_at),
    )
    return [((key[0], domains()[key[1]], key[2]), asked[key]) for key in ordered]


def periods_touched(day: ChangedDay, domain: Domain, computed_to: datetime) -> list[Period]:
    """Give the periods of a domain whose figures rest on a day."""
    periods = periods_of(day.begins_at, day.time_zone, domain.rhythm, computed_to)
    return with_following_months(periods, day.time_zone, domain.n_months_back or 0, computed_to)


def note_versions(connection: Connection) -> int:
    """Have the days of KPIs told anew whose method has another version than noted, and give how many days."""
    return note_methods(
        connection, {kpi: (domain.method, domain.method_version) for domain in domains() for kpi in domain.kpis}
    )


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
