"""One project's return: cost, subsidy, a year's saving, payback, present value; and all of it as proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics.baseline.saving import Amount
from analytics.project.cash import Payback, net_present_value, payback
from analytics.project.saving import Yearly, eur_per_unit, kg_per_unit, year_of
from analytics.project.subsidy import Cost, cost_of
from store.project import MonthFigure, ProjectEntry

NEVER = "at this saving the investment never comes back"


@dataclass(frozen=True, slots=True)
class Return:
    """One project: a reason stands where a year's saving [EUR] or its emissions [kgCO2e] cannot be told.

    `kept` is the saving less upkeep [EUR/a].
    """

    project: ProjectEntry
    cost: Cost
    saving: Yearly | str
    avoided: Yearly | str
    kept: Amount | None = None
    simple: Payback | None = None
    discounted: Payback | None = None
    net_present_value: Amount | None = None
    emissions_per_euro: Amount | None = None


def return_of(project: ProjectEntry, figures: Sequence[MonthFigure], months: Sequence[date]) -> Return:
    """Tell one project out of twelve months' figures, with what it cost until they end."""
    cost = cost_of(project, end_of(months))
    saving = year_of(project, eur_per_unit(project), figures, months)
    avoided = year_of(project, kg_per_unit(project), figures, months)
    if isinstance(saving, str):
        return Return(project, cost, saving, avoided)
    stated = project.assumptions
    rates = stated.discount_rate, stated.price_growth
    kept = less(saving.amount, stated.upkeep_eur)
    return Return(
        project,
        cost,
        saving,
        avoided,
        kept,
        payback(cost.own_eur, kept),
        payback(cost.own_eur, kept, rates),
        net_present_value(cost.own_eur, kept, stated.horizon_years, rates),
        per_euro(avoided, cost, stated.horizon_years),
    )


def less(amount: Amount, upkeep_eur: float) -> Amount:
    """Take the year's upkeep off."""
    return Amount(amount.low - upkeep_eur, amount.value - upkeep_eur, amount.high - upkeep_eur)


def per_euro(avoided: Yearly | str, cost: Cost, years: int) -> Amount | None:
    """Give what is avoided over some years per euro invested [kgCO2e/EUR], None where one of them is not known."""
    if isinstance(avoided, str) or cost.invested_eur <= 0:
        return None
    low, value, high = (one * years / cost.invested_eur for one in bounds_of(avoided.amount))
    return Amount(low, value, high)


def bounds_of(amount: Amount) -> tuple[float, float, float]:
    """Give low, value, high."""
    return amount.low, amount.value, amount.high


def end_of(months: Sequence[date]) -> date:
    """Give the first day after these months, of which first days are given."""
    return (months[-1] + timedelta(days=31)).replace(day=1)


def proofs(returns: Sequence[Return]) -> list[dict[str, Any]]:
    """Give each project's numbers: what it cost, what it saves, what it returns, what was assumed and declared."""
    return [proof_of(one) for one in returns]


def proof_of(one: Return) -> dict[str, Any]:
    """Give one project's numbers."""
    cost, stated = one.cost, one.project.assumptions
    return {
        "project": one.project.slug,
        "domain": one.project.domain,
        "investment_eur": cost.invested_eur,
        "eligible_eur": cost.eligible_eur,
        "subsidy_eur": cost.subsidy_eur,
        "subsidy_limited_by": cost.limited_by,
        "other_subsidies_eur": cost.others_eur,
        "own_eur": cost.own_eur,
        "n_invoices": cost.n_invoices,
        "n_invoices_not_eligible": cost.n_invoices_left_out,
        "saving_eur_per_year": yearly_proof(one.saving),
        "avoided_kgco2e_per_year": yearly_proof(one.avoided),
        "payback_years": payback_proof(one.simple, one.saving),
        "discounted_payback_years": payback_proof(one.discounted, one.saving),
        "net_present_value_eur": None if one.net_present_value is None else bounds_of(one.net_present_value),
        "kgco2e_per_eur": None if one.emissions_per_euro is None else bounds_of(one.emissions_per_euro),
        "horizon_years": stated.horizon_years,
        "discount_rate": stated.discount_rate,
        "price_growth": stated.price_growth,
        "upkeep_eur_per_year": stated.upkeep_eur,
        "indicators": [
            {
                "indicator": i.indicator,
                "value": i.value,
                "unit": i.unit,
                "on": i.observed_on.isoformat(),
                "by": i.source,
            }
            for i in one.project.indicators
        ],
    }


def yearly_proof(yearly: Yearly | str) -> Mapping[str, Any]:
    """Give a year's amount with its bounds and months, or the reason why there is none."""
    if isinstance(yearly, str):
        return {"withheld": yearly}
    amount = yearly.amount
    return {
        "value": amount.value,
        "low": amount.low,
        "high": amount.high,
        "kpis": list(yearly.kpis),
        "n_months": yearly.n_known,
        "n_months_expected": yearly.n_expected,
        "n_assets_left_out": yearly.n_left_out,
    }


def payback_proof(found: Payback | None, saving: Yearly | str) -> Mapping[str, Any]:
    """Give a payback's years, or why there are none; `high` None: open."""
    if isinstance(saving, str):
        return {"withheld": saving}
    if found is None:
        return {"withheld": NEVER}
    return {"value": found.value, "low": found.low, "high": found.high, "is_open": found.high is None}
