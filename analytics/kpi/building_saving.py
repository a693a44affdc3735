"""Energy saved in buildings by projects: in kW.h, as a share, in euros at constant price and of the bill, in kgCO2e.

IPMVP option C (EVO 10000-1:2022): the meters of the whole building against what they would have counted.
Counterfactual: the metered baseline as a function of the weather (`analytics.building`): electricity by hours of the
week and temperature where nearly all hours of baseline and period are known one by one, else by days, as gas and heat
are, with change points. Routine adjustment: the model is carried to the weather of the period, and withheld where that
is colder or warmer than any day of the baseline by more than 3 K. All electricity, gas and heat meters that belong to
the asset are added up; where one of them cannot be told, the asset is not.

Interval: 90 %, from disturbances that last for days to months (`analytics.building.disturbance`), beside which the
proof gives that of ASHRAE Guideline 14; to it are added days that no meter accounts for, as bad and as good as the
worst and best stretch of the period, and lasting changes that the weather does not explain (non-routine events),
before or since the works: those are flagged in the proof with their day, and the interval reaches to the saving
without them.

Constant price: the tariff of the baseline's last day, the territory's the same; gas by its heating value. The bill:
that of the same calendar days of the baseline less that of now, each day at its own price, as metered; for a day that
a baseline across a leap day lacks, the one beside it. kgCO2e: dated factors (`analytics.emission`), average mix, as
they hold on the period's first day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.building.inputs import BuildingInputs, Gathered, gather, make_uses, priced_of, spans_of
from analytics.building.saving import MeterSaving, save_meter
from analytics.building.worth import Amount, Bill, bill, bill_reduction, share, weigh
from analytics.emission import ELECTRICITY, GAS, HEAT, factor_on
from analytics.kpi import Domain
from analytics.kpi.building_proof import proof_of
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from store.baseline import (
    ProjectAsset,
    read_factor,
    read_factors,
    read_prices,
    read_projects,
    read_temperatures,
)
from store.building import (
    read_building_meters,
    read_hour_temperatures,
    read_off_peak_shares,
    read_used_days,
    read_used_hours,
)
from store.inputs import Connection, Window

DAY = timedelta(days=1)
DAY_S = 86_400.0
LONGEST_SINCE = timedelta(days=400)  # of the time since the works in which lasting changes are looked for
UNITS = {
    "building_energy_saved": "kW.h",
    "building_saving_ratio": "1",
    "building_cost_saved": "{EUR}",
    "building_bill_reduction": "{EUR}",
    "building_emissions_avoided": "kg",
}
FACTORS = {"electricity": ELECTRICITY, "gas": GAS, "heat": HEAT}


@dataclass(frozen=True, slots=True)
class Told:
    """One asset of a project in one period: its meters' savings, or why it has none."""

    project: ProjectAsset
    n_days: int
    savings: tuple[MeterSaving, ...] = ()
    refusal: str | None = None


def read_building_savings(connection: Connection, window: Window) -> BuildingInputs:
    """Read projects, their meters' days and hours before and now, weather, prices and factors."""
    projects = tuple(read_projects(connection, window, "building"))
    zone = ZoneInfo(projects[0].time_zone if projects else "UTC")
    period = window.begins_at.astimezone(zone).date(), window.ends_at.astimezone(zone).date()
    if not projects:
        return BuildingInputs(period=period)
    meters = tuple(read_building_meters(connection, [project.asset_id for project in projects]))
    assets = sorted({meter.asset_id for meter in meters})
    before = (min(project.baseline_from for project in projects), max(project.baseline_to for project in projects))
    since = max(min(project.started_on for project in projects), period[1] - LONGEST_SINCE), period[1]
    spans = [before, since] if before[1] < since[0] else [(min(before[0], since[0]), max(before[1], since[1]))]
    windows = [window_of(window.territory_id, span, zone) for span in spans]
    prices = {energy: tuple(read_prices(connection, window.territory_id, energy, "building")) for energy in FACTORS}
    hours = [(p.off_peak_from, p.off_peak_to) for p in prices["electricity"] if p.off_peak_from and p.off_peak_to]
    cheap = read_off_peak_shares(connection, window, assets, hours[0]) if hours else ()
    return BuildingInputs(
        period=period,
        projects=projects,
        meters=meters,
        days=tuple(row for each in windows for row in read_used_days(connection, each, assets)),
        hours=tuple(row for each in (windows[0], window) for row in read_used_hours(connection, each, assets)),
        temperatures=tuple(row for each in windows for row in read_temperatures(connection, each)),
        hour_temperatures=tuple(read_hour_temperatures(connection, each) for each in (windows[0], window)),
        electricity_prices=prices["electricity"],
        gas_prices=prices["gas"],
        heat_prices=prices["heat"],
        off_peak_shares=tuple(cheap),
        factors=tuple(one for kind in FACTORS.values() for one in read_factors(connection, window.territory_id, kind)),
        heating_value=read_factor(connection, window.territory_id, "gas_heating_value", period[0]),
    )


def window_of(territory_id: int, span: tuple[date, date], zone: ZoneInfo) -> Window:
    """Make a window of civil days."""
    first, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in span)
    return Window(territory_id, (), first, end)


def tell_building_savings(inputs: BuildingInputs) -> list[Figure]:
    """Tell the five KPIs of each asset that a project changed, and of all of them together."""
    gathered = gather(inputs)
    told = [tell_asset(inputs, project, gathered) for project in inputs.projects]
    told = [one for one in told if one.n_days]  # the works began after this period
    rows = hash_inputs([inputs])
    figures = [figure for one in told for figure in figures_of(inputs, [one], rows, one.project.asset_id)]
    return figures + (figures_of(inputs, told, rows, None) if told else [])


def tell_asset(inputs: BuildingInputs, project: ProjectAsset, gathered: Gathered) -> Told:
    """Tell the savings of an asset's meters, or why there are none."""
    spans = spans_of(inputs, project)
    if spans is None:
        return Told(project, 0)
    uses = make_uses(inputs, gathered, project, spans)
    if isinstance(uses, str):
        return Told(project, len(spans.days), refusal=uses)
    savings = [save_meter(use, spans, gathered.warmth) for use in uses]
    refusal = next((reason for reason in savings if isinstance(reason, str)), None)
    able = tuple(saving for saving in savings if isinstance(saving, MeterSaving))
    return Told(project, len(spans.days), () if refusal else able, refusal)


def figures_of(inputs: BuildingInputs, told: Sequence[Told], rows: str, asset_id: int | None) -> list[Figure]:
    """Tell the five figures of some assets together."""
    savings = [saving for one in told for saving in one.savings]
    n_known = sum(min(saving.n_known for saving in one.savings) for one in told if one.savings)
    known = Known(n_known * DAY_S, sum(one.n_days for one in told) * DAY_S, rows, proof_of(inputs, told))
    if not savings:
        refusal = told[0].refusal or "no meter can be told"
        return [refuse(tell(kpi, asset_id, unit, (None, None, None), known), refusal) for kpi, unit in UNITS.items()]
    would = sum(saving.would_kwh for saving in savings)
    able = [one for one in told if one.savings]
    amounts: dict[str, Amount | str] = {
        "building_energy_saved": weigh(savings, [1.0] * len(savings)),
        "building_saving_ratio": share(savings),
        "building_cost_saved": cost_saved(inputs, able),
        "building_bill_reduction": bills_of(inputs, able),
        "building_emissions_avoided": emissions_avoided(inputs, savings),
    }
    baselines: dict[str, float | None] = {"building_energy_saved": would, "building_saving_ratio": would}
    return [figure_of(kpi, asset_id, amounts[kpi], known, baselines.get(kpi)) for kpi in UNITS]


def figure_of(kpi: str, asset_id: int | None, amount: Amount | str, known: Known, baseline: float | None) -> Figure:
    """Make one figure, withheld where there is a reason instead of an amount."""
    if isinstance(amount, str):
        return refuse(tell(kpi, asset_id, UNITS[kpi], (None, None, None), known), amount)
    return tell(kpi, asset_id, UNITS[kpi], (amount.low, amount.value, amount.high), known, baseline)


def cost_saved(inputs: BuildingInputs, told: Sequence[Told]) -> Amount | str:
    """Price the saving at the tariff of the baseline's last day [EUR], or say what is missing."""
    prices: list[float] = []
    for one in told:
        for saving in one.savings:
            price = priced_of(inputs, one.project, saving.energy).on(one.project.baseline_to - DAY)
            if price is None:
                return f"no tariff of {saving.energy} for the end of the baseline"
            prices.append(price)
    return weigh([saving for one in told for saving in one.savings], prices)


def bills_of(inputs: BuildingInputs, told: Sequence[Told]) -> Amount | str:
    """Compare the bills [EUR], or say why that cannot be."""
    bills: list[Bill] = []
    for one in told:
        spans = spans_of(inputs, one.project)
        for saving in one.savings:
            priced = priced_of(inputs, one.project, saving.energy)
            answer = bill(saving, priced, spans.days if spans else [], one.project.baseline_from)
            if isinstance(answer, str):
                return answer
            bills.append(answer)
    return bill_reduction(bills)


def emissions_avoided(inputs: BuildingInputs, savings: Sequence[MeterSaving]) -> Amount | str:
    """Weigh the saving by the factors of the period's first day [kg of CO2 equivalent], or say which one is missing."""
    weights: list[float] = []
    for saving in savings:
        factor = factor_on(FACTORS[saving.energy], inputs.period[0], inputs.factors)
        if factor is None:
            return f"no emission factor of {saving.energy} for {inputs.period[0].isoformat()}"
        weights.append(factor.value)
    return weigh(savings, weights)


DOMAINS: tuple[Domain, ...] = (
    Domain(
        name="building_saving",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=("building", "electricity_meter", "gas_meter", "heat_meter"),
        method="IPMVP option C, metered baseline by weather",
        method_version="2",
        read=read_building_savings,
        tell=tell_building_savings,
    ),
)
