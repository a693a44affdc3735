"""What a project's return rests on: invoices, the subsidy's rule, assumptions, indicators, what a KPI is worth.

Entered with the project (`store.reference`), read here with the savings that KPIs say of its assets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import psycopg

from store.sql import load_queries

if TYPE_CHECKING:  # the API reads this module, and starts without NumPy
    from store.inputs import Window

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
BonusReading = Literal["points", "share"]


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice [EUR without tax]; a credit note is below 0. One that is not eligible never counts for a subsidy."""

    number: str
    invoiced_on: date
    amount_eur: float
    what: str = ""
    is_eligible: bool = True


@dataclass(frozen=True, slots=True)
class Subsidy:
    """The rule by which a region gives: a share of what is eligible, up to a ceiling [EUR], the holder keeping a part.

    Invoices count from `eligible_from` to `years_to_finish` after the grant (else after that day). The bonus for
    environmental ambition is added to the share as points, or the share grows by it.
    """

    eligible_from: date
    granted_on: date | None = None
    share: float = 0.40
    ceiling_eur: float = 300_000.0
    bonus: float = 0.10
    bonus_read_as: BonusReading = "points"
    is_ambitious: bool = False
    least_own_share: float = 0.20
    years_to_finish: int = 3
    other_subsidies_eur: float = 0.0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What nobody can measure: years looked at, rates per year [1], and what running it costs a year [EUR]."""

    horizon_years: int = 15
    discount_rate: float = 0.04
    price_growth: float = 0.0
    upkeep_eur: float = 0.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """A social result that somebody declared, with who says so."""

    indicator: str
    value: float
    unit: str
    observed_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Worth:
    """What one unit of a KPI is worth to a project [EUR], [kgCO2e]; None: it says nothing of that."""

    kpi: str
    source: str
    eur: float | None = None
    kgco2e: float | None = None


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """A project with all that was entered of it; `is_alone` where its territory has no other of its domain."""

    slug: str
    domain: str
    started_on: date
    cost_eur: float
    is_alone: bool
    n_assets: int
    invoices: tuple[Invoice, ...]
    subsidy: Subsidy | None
    assumptions: Assumptions
    indicators: tuple[Indicator, ...]
    worths: tuple[Worth, ...]


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A KPI of one month (its first day) about one of a project's assets, or (None) the territory; as it stands now."""

    project: str
    kpi: str
    month: date
    asset_id: int | None
    value: float | None
    low: float | None
    high: float | None


def read_project_entries(connection: Connection, territory_id: int, before: date) -> list[ProjectEntry]:
    """Read the projects of a territory that began before a day, in order of their slugs."""
    parameters = {"territory_id": territory_id, "before": before}
    rows = connection.execute(QUERIES["read_project_entries"], parameters).fetchall()
    invoices = group(connection, "read_invoices", territory_id)
    subsidies = group(connection, "read_subsidies", territory_id)
    assumptions = group(connection, "read_assumptions", territory_id)
    indicators = group(connection, "read_indicators", territory_id)
    worths = group(connection, "read_worths", territory_id)
    return [
        ProjectEntry(
            slug=row[1],
            domain=row[2],
            started_on=row[3],
            cost_eur=row[4],
            is_alone=row[5],
            n_assets=row[6],
            invoices=tuple(Invoice(*one) for one in invoices.get(row[0], ())),
            subsidy=next((Subsidy(*one) for one in subsidies.get(row[0], ())), None),
            assumptions=next((Assumptions(*one) for one in assumptions.get(row[0], ())), Assumptions()),
            indicators=tuple(Indicator(*one) for one in indicators.get(row[0], ())),
            worths=tuple(Worth(*one) for one in worths.get(row[0], ())),
        )
        for row in rows
    ]


def group(connection: Connection, query: str, territory_id: int) -> dict[int, list[tuple[Any, ...]]]:
    """Read rows of a territory's projects, by project."""
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for project_id, *rest in connection.execute(QUERIES[query], {"territory_id": territory_id}):
        grouped.setdefault(project_id, []).append(tuple(rest))
    return grouped


def read_month_figures(connection: Connection, window: "Window", kpis: Sequence[str]) -> list[MonthFigure]:
    """Read the current figures of these KPIs in the window's months, of projects' assets and of the territory.

    A figure of the territory comes with each project.
    """
    parameters = {
        "territory_id": window.territory_id,
        "from": window.begins_at,
        "to": window.ends_at,
        "kpis": list(kpis),
    }
    return [MonthFigure(*row) for row in connection.execute(QUERIES["read_month_figures"], parameters)]


@dataclass(frozen=True, slots=True)
class FoundProject:
    """Where a project belongs."""

    territory_id: int
    territory: str
    time_zone: str
    project: str
    name: str
    domain: str
    started_on: date


def find_projects(
    connection: Connection, territory: str | None = None, project: str | None = None
) -> list[FoundProject]:
    """Find projects by the slugs of their territory and their own; None: any."""
    parameters = {"territory": territory, "project": project}
    return [FoundProject(*row) for row in connection.execute(QUERIES["find_projects"], parameters)]
