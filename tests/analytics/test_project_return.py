"""What projects return: the subsidy's rule, payback and present value beside plain loops, and what is withheld."""

import json
from dataclasses import replace
from datetime import date
from math import inf

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analytics.baseline.saving import Amount
from analytics.kpi.figure import Figure
from analytics.kpi.project_return import ReturnInputs, months_before, tell_returns
from analytics.project.cash import net_present_value, payback, present_value, years_to_pay
from analytics.project.saving import year_of
from analytics.project.subsidy import cost_of, deadline
from analytics.project.what_if import OutOfRangeError, change
from store.project import Assumptions, Indicator, Invoice, MonthFigure, ProjectEntry, Subsidy, Worth

MONTHS = months_before(date(2026, 10, 1))
RULE = Subsidy(date(2025, 3, 1))
END = date(2026, 10, 1)
SIMPLE = Assumptions(discount_rate=0.0)


def a_project(**more: object) -> ProjectEntry:
    plain = ProjectEntry("led", "lighting", date(2025, 9, 1), 48_000.0, True, 2, (), None, SIMPLE, (), ())
    return replace(plain, **more)  # type: ignore[arg-type]


def an_invoice(day: date, amount_eur: float, **more: object) -> Invoice:
    return replace(Invoice(f"F {day} {amount_eur}", day, amount_eur), **more)  # type: ignore[arg-type]


def month_figures(
    value: float | None = 400.0, half: float = 40.0, kpi: str = "lighting_cost_saved", asset_id: int | None = None
) -> list[MonthFigure]:
    low, high = (None, None) if value is None else (value - half, value + half)
    return [MonthFigure("led", kpi, month, asset_id, value, low, high) for month in MONTHS]


def told(inputs: ReturnInputs) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_returns(inputs)}


def given_eur(project: ProjectEntry) -> float:
    return cost_of(project, END).subsidy_eur


def test_months_are_the_twelve_before() -> None:
    assert (MONTHS[0], MONTHS[-1], len(MONTHS)) == (date(2025, 10, 1), date(2026, 9, 1), 12)
    assert months_before(date(2026, 1, 1))[-1] == date(2025, 12, 1)


def test_forty_per_cent_of_what_is_eligible() -> None:
    """Invoices before the day of eligibility are paid by the holder and do not count."""
    invoices = (an_invoice(date(2025, 2, 28), 10_000.0), an_invoice(date(2025, 3, 1), 50_000.0))
    cost = cost_of(a_project(invoices=invoices, subsidy=RULE), END)
    assert (cost.invested_eur, cost.eligible_eur, cost.subsidy_eur) == (60_000.0, 50_000.0, 20_000.0)
    assert (cost.own_eur, cost.n_invoices_left_out, cost.limited_by) == (40_000.0, 1, "share")


def test_ceiling_holds_with_the_bonus_too() -> None:
    large = (an_invoice(date(2025, 6, 1), 2e6),)
    assert given_eur(a_project(invoices=large, subsidy=RULE)) == 300_000.0
    assert given_eur(a_project(invoices=large, subsidy=replace(RULE, is_ambitious=True))) == 300_000.0


@pytest.mark.parametrize(("reading", "expected"), [("points", 50_000.0), ("share", 44_000.0)])
def test_bonus_is_read_as_points_or_as_a_share(reading: str, expected: float) -> None:
    rule = replace(RULE, is_ambitious=True, bonus_read_as=reading)  # type: ignore[arg-type]
    assert given_eur(a_project(cost_eur=100_000.0, subsidy=rule)) == pytest.approx(expected)


def test_the_holder_keeps_a_fifth() -> None:
    """Others give half: with 40 % from the region the holder would keep 10 %."""
    cost = cost_of(a_project(cost_eur=100_000.0, subsidy=replace(RULE, other_subsidies_eur=50_000.0)), END)
    assert (cost.subsidy_eur, cost.limited_by) == (pytest.approx(30_000.0), "own share")
    assert cost.own_eur == pytest.approx(20_000.0)
    assert given_eur(a_project(cost_eur=100_000.0, subsidy=replace(RULE, other_subsidies_eur=90_000.0))) == 0.0


def test_invoices_after_three_years_come_too_late() -> None:
    assert deadline(replace(RULE, granted_on=date(2024, 2, 29))) == date(2027, 2, 28)
    late = an_invoice(date(2028, 3, 1), 1000.0)
    on_time = an_invoice(date(2028, 2, 29), 1000.0)
    cost = cost_of(a_project(invoices=(on_time, late), subsidy=RULE), date(2029, 1, 1))
    assert (cost.invested_eur, cost.eligible_eur) == (2000.0, 1000.0)


def test_invoices_of_later_months_are_not_there_yet() -> None:
    invoices = (an_invoice(date(2026, 9, 30), 1000.0), an_invoice(END, 500.0))
    assert cost_of(a_project(invoices=invoices, subsidy=RULE), END).invested_eur == 1000.0


def test_a_credit_note_and_what_is_not_eligible_lower_the_subsidy() -> None:
    invoices = (
        an_invoice(date(2025, 6, 1), 1000.0),
        an_invoice(date(2025, 7, 1), -200.0),
        an_invoice(date(2025, 8, 1), 500.0, is_eligible=False),
    )
    assert given_eur(a_project(invoices=invoices, subsidy=RULE)) == pytest.approx(320.0)


def worth_by_loop(saving: float, years: int, rate: float, growth: float) -> float:
    return sum(saving * (1 + growth) ** (year - 1) / (1 + rate) ** year for year in range(1, years + 1))


@given(st.floats(1, 1e6), st.integers(1, 60), st.floats(-0.3, 0.5), st.floats(-0.3, 0.5) | st.just(0.0))
def test_present_value_is_that_of_a_plain_loop(saving: float, years: int, rate: float, growth: float) -> None:
    assert present_value(saving, years, rate, growth) == pytest.approx(
        worth_by_loop(saving, years, rate, growth), rel=1e-6
    )


@example(paid=1.0, saving=2212.0, rate=5.960464477539063e-08, growth=0.0)  # nearly no rate at all
@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(-0.2, 0.4), st.floats(-0.2, 0.4))
def test_after_the_payback_the_savings_are_worth_what_was_paid(
    paid: float, saving: float, rate: float, growth: float
) -> None:
    years = years_to_pay(paid, saving, rate, growth)
    if years == inf:
        assert worth_by_loop(saving, 500, rate, growth) < paid
    elif years < 1000:
        assert present_value(saving, years, rate, growth) == pytest.approx(paid, rel=1e-6)


def test_payback_is_open_where_the_least_saving_never_pays() -> None:
    found = payback(1000.0, Amount(-5.0, 100.0, 200.0))
    assert found is not None
    assert (found.low, found.value, found.high) == (5.0, 10.0, None)
    assert payback(1000.0, Amount(-50.0, -5.0, 200.0)) is None
    # 50 a year for ever are worth 50 / 0.04 = 1250: less than that never pays.
    assert payback(1300.0, Amount(50.0, 50.0, 50.0), (0.04, 0.0)) is None


def test_net_present_value_of_one_year() -> None:
    value = net_present_value(100.0, Amount(105.0, 210.0, 315.0), 1, (0.05, 0.02))
    assert (value.low, value.value, value.high) == pytest.approx((0.0, 100.0, 200.0))


def test_a_year_of_known_months_adds_up() -> None:
    year = year_of(a_project(), {"lighting_cost_saved": 1.0}, month_figures(), MONTHS)
    assert not isinstance(year, str)
    assert (year.amount.low, year.amount.value, year.amount.high) == pytest.approx((4320.0, 4800.0, 5280.0))
    assert (year.n_known, year.n_expected, year.n_left_out) == (12, 12, 0)


def test_missing_months_widen_the_year() -> None:
    figures = month_figures()[:10]
    dearest = replace(figures[0], value=800.0, low=700.0, high=900.0)
    year = year_of(a_project(), {"lighting_cost_saved": 1.0}, [dearest, *figures[1:]], MONTHS)
    assert not isinstance(year, str)
    known = 9 * 400 + 800
    assert year.amount.value == pytest.approx(known * 1.2)
    assert year.amount.low == pytest.approx(9 * 360 + 700 + 2 * 360)
    assert year.amount.high == pytest.approx(9 * 440 + 900 + 2 * 900)


def test_too_few_months_say_nothing() -> None:
    found = year_of(a_project(), {"lighting_cost_saved": 1.0}, month_figures()[:8], MONTHS)
    assert found == "8 of 12 months are known by lighting_cost_saved, 9 are needed"
    assert isinstance(year_of(a_project(), {"lighting_cost_saved": 1.0}, month_figures(None), MONTHS), str)


def test_an_asset_with_too_few_months_counts_as_saving_nothing() -> None:
    figures = month_figures(asset_id=1) + month_figures(asset_id=2)[:3]
    year = year_of(a_project(is_alone=False), {"lighting_cost_saved": 1.0}, figures, MONTHS)
    assert not isinstance(year, str)
    assert year.amount.value == pytest.approx(4800.0)
    assert (year.n_known, year.n_expected, year.n_left_out) == (15, 24, 1)


def test_the_figure_of_the_territory_is_used_only_by_a_project_that_is_alone() -> None:
    both = month_figures(1000.0) + month_figures(400.0, asset_id=1)
    alone = year_of(a_project(), {"lighting_cost_saved": 1.0}, both, MONTHS)
    beside = year_of(a_project(is_alone=False), {"lighting_cost_saved": 1.0}, both, MONTHS)
    assert not isinstance(alone, str)
    assert not isinstance(beside, str)
    assert (alone.amount.value, beside.amount.value) == pytest.approx((12_000.0, 4800.0))


def test_a_round_that_was_avoided_is_worth_what_was_entered() -> None:
    worth = Worth("rounds_avoided", "contract", eur=180.0, kgco2e=24.0)
    figures = month_figures(5.0, 1.0, "rounds_avoided")
    project = a_project(domain="waste", worths=(worth,), cost_eur=10_800.0)
    figure = told(ReturnInputs((project,), figures, MONTHS))["project_payback"]
    assert figure.value == pytest.approx(1.0)
    emitted = told(ReturnInputs((project,), figures, MONTHS))["project_emissions_per_euro"]
    assert emitted.value == pytest.approx(12 * 5 * 24 * 15 / 10_800)


def test_a_project_told_whole() -> None:
    project = a_project(
        invoices=(an_invoice(date(2025, 6, 1), 60_000.0),),
        subsidy=RULE,
        assumptions=Assumptions(20, 0.04, 0.02, 300.0),
        indicators=(Indicator("feel safe", 71.0, "%", date(2026, 5, 1), "survey"),),
    )
    figures = told(ReturnInputs((project,), month_figures(), MONTHS))
    assert figures["project_investment"].value == 60_000.0
    assert figures["project_subsidy"].value == 24_000.0
    saved = figures["project_saving_per_year"]
    assert (saved.low, saved.value, saved.high) == pytest.approx((4020.0, 4500.0, 4980.0))
    assert figures["project_payback"].value == pytest.approx(36_000 / 4500)
    value = figures["project_net_present_value"]
    assert value.value == pytest.approx(worth_by_loop(4500.0, 20, 0.04, 0.02) - 36_000)
    assert figures["project_discounted_payback"].value > figures["project_payback"].value  # type: ignore[operator]
    assert figures["project_emissions_per_euro"].withheld == (
        "0 of 12 months are known by lighting_emissions_avoided, 9 are needed"
    )
    (proof,) = value.proof["projects"]
    assert proof["indicators"][0]["by"] == "survey"
    json.dumps(value.proof, allow_nan=False)


def test_without_savings_costs_are_told_and_the_rest_is_withheld() -> None:
    figures = told(ReturnInputs((a_project(),), (), MONTHS))
    assert figures["project_investment"].value == 48_000.0
    assert figures["project_payback"].value is None
    assert "0 of 12 months" in str(figures["project_payback"].withheld)


def test_a_young_project_does_not_keep_the_others_from_being_told() -> None:
    young = a_project(slug="new", started_on=date(2026, 8, 1), is_alone=False)
    old = a_project(is_alone=False)
    figure = told(ReturnInputs((old, young), month_figures(asset_id=1), MONTHS))["project_saving_per_year"]
    assert (figure.value, figure.completeness) == (pytest.approx(4800.0), 1.0)
    second = replace(young, started_on=date(2025, 9, 1))
    known = told(ReturnInputs((old, second), month_figures(asset_id=1), MONTHS))["project_saving_per_year"]
    assert known.value is None
    assert known.completeness == 0.5


def test_what_costs_more_than_it_saves_never_comes_back() -> None:
    figure = told(ReturnInputs((a_project(),), month_figures(-10.0, 1.0), MONTHS))["project_payback"]
    assert figure.withheld == "at this saving the investment never comes back"


def test_what_if_changes_only_what_is_named() -> None:
    project = a_project(subsidy=RULE)
    changed = change(project, {"discount_rate": 0.08, "share": 0.5, "bonus": None}, END)
    assert changed.assumptions == replace(SIMPLE, discount_rate=0.08)
    assert changed.subsidy == replace(RULE, share=0.5)
    assert change(project, {}, END) == project
    begun = change(a_project(), {"share": 0.3}, END)
    assert begun.subsidy == Subsidy(date(2025, 9, 1), share=0.3)


def test_what_if_refuses_what_cannot_be_reckoned_with() -> None:
    with pytest.raises(OutOfRangeError, match=r"share must be between 0 and 1, not 40"):
        change(a_project(), {"share": 40}, END)
