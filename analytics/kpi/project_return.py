"""What projects return: investment, subsidy, saving a year, payback, net present value, kgCO2e avoided per euro.

Told each month for a territory's projects together; each project by itself stands in the proof. Saving: the last twelve
months of the KPIs that say what it saves (`analytics.project.saving`). Subsidy: the region's rule on the invoices
(`analytics.project.subsidy`). Payback and present value: discounted cash flow (`analytics.project.cash`; ISO
15686-5:2017) with rates, horizon and upkeep as entered, seen by the holder, who keeps investment less subsidies.

Intervals are those of the savings (90 % where those are): costs and rates are stated, not estimated, and have none. The
upper end of a payback may be open: at the least saving it never comes. Emissions are those avoided over the horizon by
a year as the last twelve months, per euro invested, the factor held as it is. Social indicators are shown as declared.
Projects whose works began within nine months are not told yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.project.cash import payback
from analytics.project.outcome import NEVER, Return, bounds_of, proofs, return_of
from analytics.project.saving import LEAST_MONTHS, N_MONTHS, add_up, kpis_asked
from store.baseline import read_time_zone
from store.inputs import Connection, Window
from store.project import MonthFigure, ProjectEntry, read_month_figures, read_project_entries

UNITS = {
    "project_investment": "{EUR}",
    "project_subsidy": "{EUR}",
    "project_saving_per_year": "{EUR}/a",
    "project_payback": "a",
    "project_discounted_payback": "a",
    "project_net_present_value": "{EUR}",
    "project_emissions_per_euro": "kg/{EUR}",
}
OF_COSTS = ("project_investment", "project_subsidy")
Bounds = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class ReturnInputs:
    """Projects, what KPIs say of them month by month, and the first days of the twelve months looked at, in order."""

    projects: Sequence[ProjectEntry]
    figures: Sequence[MonthFigure]
    months: Sequence[date]


def read_returns(connection: Connection, window: Window) -> ReturnInputs:
    """Read projects, and the figures of the twelve months that the window ends."""
    zone = ZoneInfo(read_time_zone(connection, window.territory_id))
    end = window.ends_at.astimezone(zone).date()
    months = months_before(end)
    projects = read_project_entries(connection, window.territory_id, end)
    if not projects:
        return ReturnInputs((), (), months)
    begins_at = datetime.combine(months[0], time(), zone)
    year = Window(window.territory_id, (), begins_at, datetime.combine(end, time(), zone))
    return ReturnInputs(projects, read_month_figures(connection, year, kpis_asked(projects)), months)


def months_before(end: date) -> tuple[date, ...]:
    """Give the first days of the twelve months before a first day of a month, in order."""
    firsts = [end.replace(day=1)]
    for _ in range(N_MONTHS):
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return tuple(reversed(firsts[1:]))


def tell_returns(inputs: ReturnInputs) -> list[Figure]:
    """Tell what the projects of a territory return, together; without projects nothing."""
    if not inputs.projects:
        return []
    old_enough = inputs.months[N_MONTHS - LEAST_MONTHS]
    returns = [return_of(project, inputs.figures, inputs.months) for project in inputs.projects]
    told = [one for one in returns if not isinstance(one.saving, str)]
    expected = [one for one in returns if one.project.started_on <= old_enough]
    hashed = hash_inputs([*inputs.projects, *inputs.figures, *inputs.months])
    proof = {"months": [inputs.months[0].isoformat(), inputs.months[-1].isoformat()], "projects": proofs(returns)}
    costs = Known(1.0, 1.0, hashed, proof)
    known = Known(sum(known_of(one) for one in expected), float(len(expected)), hashed, proof)
    reason = next((one.saving for one in returns if isinstance(one.saving, str)), None)
    return [cost_figure(kpi, returns, costs) for kpi in OF_COSTS] + [
        saving_figure(kpi, told, known, reason) for kpi in UNITS if kpi not in OF_COSTS
    ]


def known_of(one: Return) -> float:
    """Give the share of a project's months that is known, 0 where nothing is told."""
    return 0.0 if isinstance(one.saving, str) else one.saving.n_known / one.saving.n_expected


def cost_figure(kpi: str, returns: Sequence[Return], known: Known) -> Figure:
    """Tell what all projects cost, or what the region gives: sums of stated amounts, without interval."""
    total = sum(one.cost.invested_eur if kpi == "project_investment" else one.cost.subsidy_eur for one in returns)
    return tell(kpi, None, UNITS[kpi], (total, total, total), known)


def saving_figure(kpi: str, told: Sequence[Return], known: Known, reason: str | None) -> Figure:
    """Tell a figure of the projects that can be told, together."""
    if not told:
        return refuse(tell(kpi, None, UNITS[kpi], (None, None, None), known), reason or "no project can be told")
    found = together(kpi, told)
    if isinstance(found, str):
        return refuse(tell(kpi, None, UNITS[kpi], (None, None, None), known), found)
    return tell(kpi, None, UNITS[kpi], found, known)


def together(kpi: str, told: Sequence[Return]) -> Bounds | str:
    """Give a figure's bounds for some projects together, or why there are none."""
    if kpi == "project_emissions_per_euro":
        return emissions_together(told)
    if kpi == "project_net_present_value":
        return bounds_of(add_up([one.net_present_value for one in told if one.net_present_value is not None]))
    kept = add_up([one.kept for one in told if one.kept is not None])
    if kpi == "project_saving_per_year":
        return bounds_of(kept)
    rates = mean_rates(told) if kpi == "project_discounted_payback" else (0.0, 0.0)
    found = payback(sum(one.cost.own_eur for one in told), kept, rates)
    return NEVER if found is None else (found.low, found.value, found.high)


def mean_rates(told: Sequence[Return]) -> tuple[float, float]:
    """Give the mean discount rate and price growth, weighted by what the holder pays."""
    weights = [max(one.cost.own_eur, 1e-9) for one in told]
    stated = [one.project.assumptions for one in told]
    rates = ([s.discount_rate for s in stated], [s.price_growth for s in stated])
    discount, growth = (sum(w * r for w, r in zip(weights, each, strict=True)) / sum(weights) for each in rates)
    return discount, growth


def emissions_together(told: Sequence[Return]) -> Bounds | str:
    """Give kgCO2e avoided per euro over the projects of which both are known."""
    able = [one for one in told if one.emissions_per_euro is not None]
    invested = sum(one.cost.invested_eur for one in able)
    if not able:
        return next((one.avoided for one in told if isinstance(one.avoided, str)), "nothing was invested")
    parts = [(one.emissions_per_euro, one.cost.invested_eur) for one in able]
    low, value, high = (
        sum(getattr(amount, end) * weight for amount, weight in parts) / invested for end in ("low", "value", "high")
    )
    return low, value, high


DOMAINS = (
    Domain(
        name="project_return",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=(),
        method="discounted cash flow on the last twelve months of savings, subsidy by the entered rule",
        method_version="1",
        read=read_returns,
        tell=tell_returns,
        n_months_back=N_MONTHS - 1,
    ),
)
