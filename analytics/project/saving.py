"""What a project saves in a year, out of the KPIs of the last twelve months: euros and kgCO2e, with bounds.

Each month's figure has its own interval; months, and assets, are taken to err together (they share one baseline), so
half-widths add up: never too narrow. Months of an asset that are not known are as the mean of the others, and within
the lowest low and the highest high of them; an asset with fewer than nine months of the twelve is left out, for savings
have seasons, and where all are, nothing is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.baseline.saving import Amount
from store.project import MonthFigure, ProjectEntry

N_MONTHS = 12
LEAST_MONTHS = 9
# Which KPIs say in euros (at constant price) and in kgCO2e what projects of a domain save.
EUR_BY_DOMAIN: Mapping[str, str] = {
    "lighting": "lighting_cost_saved",
    "building": "building_cost_saved",
    "waste": "rounds_cost_saved",
    "water": "water_cost_saved",
    "parking": "parking_cost_saved",
}
KG_BY_DOMAIN: Mapping[str, str] = {
    "lighting": "lighting_emissions_avoided",
    "building": "building_emissions_avoided",
    "waste": "rounds_emissions_avoided",
    "parking": "parking_emissions_avoided",
}


# They are told of projects' assets alone, so their figure of a territory is that of its projects.
OF_PROJECTS = frozenset({*EUR_BY_DOMAIN.values(), *KG_BY_DOMAIN.values()})


@dataclass(frozen=True, slots=True)
class Yearly:
    """A year's saving: out of so many known months of the expected ones, all assets together, and by which KPIs.

    Assets of which too few months are known are left out: they count as saving nothing.
    """

    amount: Amount
    n_known: int
    n_expected: int
    n_left_out: int
    kpis: tuple[str, ...]


def kpis_asked(projects: Iterable[ProjectEntry]) -> tuple[str, ...]:
    """Give the KPIs that the returns of these projects rest on, sorted."""
    found = {worth.kpi for project in projects for worth in project.worths}
    for project in projects:
        found |= {table[project.domain] for table in (EUR_BY_DOMAIN, KG_BY_DOMAIN) if project.domain in table}
    return tuple(sorted(found))


def eur_per_unit(project: ProjectEntry) -> dict[str, float]:
    """Give the KPIs that tell a project's euros, each with what a unit is worth [EUR]; what was entered goes first."""
    entered = {worth.kpi: worth.eur for worth in project.worths if worth.eur is not None}
    return entered or rule_of(EUR_BY_DOMAIN, project)


def kg_per_unit(project: ProjectEntry) -> dict[str, float]:
    """Give the same for emissions [kgCO2e]."""
    entered = {worth.kpi: worth.kgco2e for worth in project.worths if worth.kgco2e is not None}
    return entered or rule_of(KG_BY_DOMAIN, project)


def rule_of(table: Mapping[str, str], project: ProjectEntry) -> dict[str, float]:
    """Give the domain's own KPI, counted as it is."""
    return {table[project.domain]: 1.0} if project.domain in table else {}


def year_of(
    project: ProjectEntry, per_unit: Mapping[str, float], figures: Sequence[MonthFigure], months: Sequence[date]
) -> Yearly | str:
    """Add up what these KPIs say of a project in twelve months, or say why there is nothing to add."""
    if not per_unit:
        return f"no KPI says what projects of the domain {project.domain!r} save: enter what one is worth"
    own = [figure for figure in figures if figure.project == project.slug and figure.month in months]
    told = [(kpi, known) for kpi in per_unit for known in sources_of(project, [f for f in own if f.kpi == kpi])]
    enough = [(kpi, known) for kpi, known in told if len(known) >= LEAST_MONTHS]
    if {kpi for kpi, _ in enough} != set(per_unit):
        most = max((len(known) for kpi, known in told if kpi not in {kpi for kpi, _ in enough}), default=0)
        return f"{most} of {N_MONTHS} months are known by {', '.join(sorted(per_unit))}, {LEAST_MONTHS} are needed"
    years = [scaled(fill_up(known, len(months)), per_unit[kpi]) for kpi, known in enough]
    n_known = sum(len(known) for _, known in told)
    return Yearly(add_up(years), n_known, N_MONTHS * len(told), len(told) - len(enough), tuple(sorted(per_unit)))


def sources_of(project: ProjectEntry, figures: Sequence[MonthFigure]) -> list[list[Amount]]:
    """Give the known months of a KPI, of each of the project's assets, or of the territory as a whole.

    The territory's figure is the project's where it is the only one of its domain: of savings it goes first, because
    its interval knows how far assets err together.
    """
    by_asset: dict[int | None, list[Amount]] = {}
    for figure in figures:
        known = by_asset.setdefault(figure.asset_id, [])
        if (amount := amount_of(figure)) is not None:
            known.append(amount)
    of_all = by_asset.pop(None, None)
    is_saving = any(figure.kpi in OF_PROJECTS for figure in figures)
    if of_all is not None and project.is_alone and (is_saving or not by_asset):
        return [of_all]
    return list(by_asset.values())


def amount_of(figure: MonthFigure) -> Amount | None:
    """Give a figure with its bounds; one without bounds stands for itself, None where withheld."""
    if figure.value is None:
        return None
    low = figure.value if figure.low is None else figure.low
    return Amount(low, figure.value, figure.value if figure.high is None else figure.high)


def scaled(amount: Amount, factor: float) -> Amount:
    """Multiply an amount; a factor below 0 turns its bounds round."""
    ends = sorted((amount.low * factor, amount.high * factor))
    return Amount(ends[0], amount.value * factor, ends[1])


def add_up(amounts: Sequence[Amount]) -> Amount:
    """Add amounts that err together."""
    return Amount(sum(a.low for a in amounts), sum(a.value for a in amounts), sum(a.high for a in amounts))


def fill_up(monthly: Sequence[Amount], n_months: int) -> Amount:
    """Add the months of one asset up, missing ones as the mean, bounded by the least and the most of the others."""
    told, missing = add_up(monthly), n_months - len(monthly)
    return Amount(
        told.low + missing * min(amount.low for amount in monthly),
        told.value * n_months / len(monthly),
        told.high + missing * max(amount.high for amount in monthly),
    )
