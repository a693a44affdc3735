"""KPIs told: for each day that has ended and changed, every domain's figures of the periods it touches.

A day that lies in the baseline of a project changes what the months after it are compared with: they are told anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from analytics.kpi import Domain, domains
from analytics.kpi.figure import Figure, bound
from analytics.period import Period, periods_of, with_following_months
from store.days import find_waiting_groups, give_out_days, take_group_days
from store.inputs import ChangedDay, Connection, Delivered, Window, read_delivered
from store.restatement import Occasion, mark_after_baselines, note_methods
from store.results import KpiReport, KpiValue, write_kpis

LAST_GROUP = "resting"  # domains whose figures rest on what other KPIs say
N_DAYS = 366  # told in one transaction: a year, so that each month of a backlog is told once
N_AT_ONCE = 100  # periods whose inputs are read at once: about a quarter


@dataclass(frozen=True, slots=True)
class Due:
    """A period of a domain to be told, and why."""

    window: Window
    is_month: bool
    occasions: frozenset[Occasion]


def tell_changed(connection: Connection, computed_to: datetime, n_days: int = N_DAYS) -> KpiReport:
    """Tell the KPIs of the oldest ended days that changed since the last time; each group is a transaction.

    Parameters
    ----------
    computed_to
        Up to which instant rollups are computed: no period that ends later is told.
    n_days
        At most so many days of territories; the next call goes on.
    """
    give_out(connection, computed_to, n_days)
    total = KpiReport(0, 0, 0)
    while waiting := find_waiting_groups(connection, LAST_GROUP):
        for territory_id, group in waiting:
            total += tell_group(connection, territory_id, group, computed_to, n_days)
    return total


def groups() -> Mapping[str, tuple[Domain, ...]]:
    """Give the domains in groups that can be told side by side: each its own, but those that rest on others one, last.

    The last group is told once no other has a day of the territory left to tell.
    """
    first = {domain.name: (domain,) for domain in domains() if domain.n_months_back is None}
    return MappingProxyType({**first, LAST_GROUP: tuple(each for each in domains() if each.n_months_back is not None)})


def give_out(connection: Connection, told_to: datetime, n_days: int) -> int:
    """Give ended days that changed to the groups of KPIs, and say how many days there were."""
    with connection.transaction():
        days = give_out_days(connection, told_to, list(groups()), n_days)
        mark_after_baselines(connection, [(day.territory_id, day.begins_at, day.cause, day.actor) for day in days])
    return len(days)


def tell_group(
    connection: Connection, territory_id: int, group: str, computed_to: datetime, n_days: int = N_DAYS
) -> KpiReport:
    """Tell a group's KPIs of its oldest waiting days in one territory, in one transaction."""
    total = KpiReport(0, 0, 0)
    with connection.transaction():
        taken = take_group_days(connection, territory_id, group, LAST_GROUP, n_days)
        for domain, run in in_runs(periods_to_tell(taken.days, groups().get(group, ()), computed_to)):
            total += tell_run(connection, domain, run)
    return total


def tell_run(connection: Connection, domain: Domain, run: Sequence[Due]) -> KpiReport:
    """Tell a domain's periods out of inputs that are read at once."""
    total = KpiReport(0, 0, 0)
    for due, inputs in zip(run, domain.read_all(connection, [due.window for due in run]), strict=True):
        figures = tell_domain(connection, domain, due.window, inputs, due.is_month)
        if figures:
            values = [kpi_value(due.window, domain, figure) for figure in figures]
            total += write_kpis(connection, values, due.occasions)
    return total


def in_runs(
    asked: Iterable[tuple[tuple[int, Domain, Period], set[Occasion]]],
) -> Iterable[tuple[Domain, list[Due]]]:
    """Put the periods of one domain and territory that follow one another together, to be read at once."""
    for (territory_id, domain), run in groupby(asked, lambda one: one[0][:2]):
        due = [
            Due(
                Window(territory_id, domain.asset_types, period.begins_at, period.ends_at),
                period.kind == "month",
                frozenset(occasions),
            )
            for (_, _, period), occasions in run
        ]
        for first in range(0, len(due), N_AT_ONCE):
            yield domain, due[first : first + N_AT_ONCE]


def tell_domain(
    connection: Connection, domain: Domain, window: Window, inputs: Any, is_month: bool = True
) -> Sequence[Figure]:
    """Tell a domain's figures of one period: all of them, or of a day or a night those that are kept."""
    figures = domain.tell_kept(inputs, is_month)
    if not figures or not domain.holds_values:
        return figures
    return bound_all(domain, figures, read_delivered(connection, window))


def bound_all(domain: Domain, figures: Sequence[Figure], delivered: Mapping[int | None, Delivered]) -> Sequence[Figure]:
    """Let figures that rest on held values be no more complete than the messages of their assets' devices."""
    if not domain.holds_values:
        return figures
    return [bound(figure, delivered.get(figure.asset_id)) for figure in figures]


def periods_to_tell(
    days: Iterable[ChangedDay], told: Sequence[Domain], computed_to: datetime
) -> list[tuple[tuple[int, Domain, Period], set[Occasion]]]:
    """Give each (territory, domain, period) once with why it is told, domain after domain."""
    asked: dict[tuple[int, int, Period], set[Occasion]] = {}
    for day in days:
        for index, domain in enumerate(told):
            for period in periods_touched(day, domain, computed_to):
                asked.setdefault((day.territory_id, index, period), set()).add(Occasion(day.cause, day.actor))
    ordered = sorted(asked, key=lambda key: (key[1], key[0], key[2].begins_at, key[2].ends_at))
    return [((key[0], told[key[1]], key[2]), asked[key]) for key in ordered]


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
