"""What a project's return rests on: entered with the project, read back, refused where it makes no sense."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.errors import ReferenceDataError
from store.inputs import Connection, Window
from store.project import (
    Assumptions,
    Indicator,
    Invoice,
    Subsidy,
    Worth,
    find_projects,
    read_month_figures,
    read_project_entries,
)
from store.reference import Project, Reference, enter_reference
from store.registry import TerritoryEntry, register
from store.results import KpiValue, write_kpis

pytestmark = pytest.mark.services

WORKS = Project(
    "works",
    "Works",
    "lighting",
    ("c-1", "c-2"),
    date(2026, 1, 1),
    date(2025, 1, 1),
    date(2026, 1, 1),
    9000.0,
    invoices=(Invoice("F-1", date(2025, 11, 3), 4000.0, "lamps"), Invoice("F-2", date(2025, 12, 3), -50.5, "", False)),
    subsidy=Subsidy(date(2025, 9, 1), bonus_read_as="share", is_ambitious=True, other_subsidies_eur=10.0),
    assumptions=Assumptions(20, 0.03, 0.01, 12.0),
    indicators=(Indicator("feel safe", 71.0, "%", date(2026, 5, 1), "survey"),),
    worths=(Worth("rounds_avoided", "contract", kgco2e=24.0),),
)
BEFORE = date(2027, 1, 1)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test") as opened:
        assets = [AssetEntry("town", slug, slug, "light_cabinet") for slug in ("c-1", "c-2", "c-3")]
        register(opened, [TerritoryEntry("town", "Town"), TerritoryEntry("other", "Other")], assets)
        yield opened


def enter(connection: Connection, *projects: Project) -> dict[str, int]:
    return dict(enter_reference(connection, Reference("town", projects=projects)).changed)


def test_what_was_entered_is_read(connection: Connection) -> None:
    assert enter(connection, WORKS) == {
        "projects": 1,
        "project_assets": 2,
        "project_invoices": 2,
        "project_subsidies": 1,
        "project_assumptions": 1,
        "project_indicators": 1,
        "project_worths": 1,
    }
    (entry,) = read_project_entries(connection, 1, BEFORE)
    assert (entry.invoices, entry.subsidy, entry.assumptions) == (WORKS.invoices, WORKS.subsidy, WORKS.assumptions)
    assert (entry.indicators, entry.worths, entry.n_assets, entry.is_alone) == (WORKS.indicators, WORKS.worths, 2, True)
    assert enter(connection, WORKS) == {}
    assert read_project_entries(connection, 1, date(2026, 1, 1)) == []


def test_a_changed_project_keeps_what_hangs_on_it(connection: Connection) -> None:
    enter(connection, WORKS)
    enter(connection, replace(WORKS, name="Other works"))
    (entry,) = read_project_entries(connection, 1, BEFORE)
    assert len(entry.invoices) == 2


def test_one_more_invoice_is_one_more_row(connection: Connection) -> None:
    enter(connection, WORKS)
    more = replace(WORKS, invoices=(*WORKS.invoices, Invoice("F-3", date(2026, 1, 3), 1.0)))
    assert enter(connection, more) == {"project_invoices": 1}
    assert enter(connection, replace(more, subsidy=None, invoices=())) == {
        "project_invoices": 3,
        "project_subsidies": 1,
    }


def test_nothing_entered_means_the_usual_assumptions(connection: Connection) -> None:
    enter(connection, replace(WORKS, subsidy=None, assumptions=None), replace(WORKS, slug="second", assets=("c-3",)))
    first = read_project_entries(connection, 1, BEFORE)[1]
    assert (first.slug, first.subsidy, first.assumptions, first.is_alone) == ("works", None, Assumptions(), False)


@pytest.mark.parametrize(
    ("project", "reason"),
    [
        (replace(WORKS, invoices=(WORKS.invoices[0], WORKS.invoices[0])), "invoices.1: This line is there already"),
        (replace(WORKS, subsidy=Subsidy(date(2025, 9, 1), share=40.0)), "subsidy.share: Expected: between 0 and 1"),
        (replace(WORKS, subsidy=Subsidy(date(2025, 9, 1), years_to_finish=0)), "years_to_finish"),
        (replace(WORKS, assumptions=Assumptions(discount_rate=4.0)), "discount_rate"),
        (replace(WORKS, worths=(Worth("rounds_avoided", "contract"),)), "worths.0.eur: Euros or kgCO2e"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(connection: Connection, project: Project, reason: str) -> None:
    with pytest.raises(ReferenceDataError, match=reason):
        enter(connection, project)
    assert find_projects(connection) == []


def test_figures_of_months_are_read_and_those_of_days_are_not(connection: Connection) -> None:
    enter(connection, WORKS)
    spans = [("2026-02-01T11:00", "2026-03-01T11:00"), ("2026-02-01T11:00", "2026-02-02T11:00")]
    values = [
        KpiValue(1, asset, "lighting_cost_saved", at(begin), at(end), 5.0, "{EUR}", 4.0, 6.0, 1.0, "m", "1", "h")
        for begin, end in spans
        for asset in (None, 1, 3)
    ]
    write_kpis(connection, values)
    window = Window(1, (), at("2025-12-31T23:00"), at("2026-12-31T23:00"))
    found = read_month_figures(connection, window, ["lighting_cost_saved"])
    assert [(one.project, one.month, one.asset_id) for one in found] == [
        ("works", date(2026, 2, 1), 1),
        ("works", date(2026, 2, 1), None),
    ]
    assert read_month_figures(connection, window, ["other"]) == []


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
