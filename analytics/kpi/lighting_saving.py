"""Energy saved by lighting projects: in kW.h, as a share, in euros at constant price, and by how much the bill fell.

IPMVP option B (EVO 10000-1:2022): each cabinet's meter against what it would have counted. Counterfactual: the metered
baseline period as a line of dark hours (`analytics.baseline.fit`), carried to the nights reported on. Adjustments: for
the length of nights, and for outages: a night in which a cabinet drew less than 60 % of its own usual power, while no
order to switch off holds, is filled up to the usual, because a broken cabinet saves nothing. Lamps that burn by day
count against the saving, as they do on the bill.

Interval: 90 %, from the correlated disturbances of the baseline (`analytics.baseline.noise`), by Student's t for the
few independent spells in it; nights for which a meter does not account are added as bounds (nothing saved in them, or
everything). A meter's own error is not in it.

Constant price: the tariff of the baseline's last day. The bill: that of the same calendar nights of the baseline less
that of now, each night at its own day's price, as metered, outages and all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.baseline.meter import Meter, Use, make_meters, measure_use
from analytics.baseline.noise import Noise, learn_noise
from analytics.baseline.saving import (
    Amount,
    Bills,
    Saving,
    bill,
    bill_reduction,
    cost_saved,
    energy_saved,
    save,
    saving_ratio,
)
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from store.baseline import (
    MeteredDay,
    Price,
    ProjectAsset,
    ScheduledHours,
    price_on,
    read_metered_days,
    read_prices,
    read_projects,
    read_schedules,
)
from store.inputs import Connection, Window

UNITS = {
    "lighting_energy_saved": "kW.h",
    "lighting_saving_ratio": "1",
    "lighting_cost_saved": "{EUR}",
    "lighting_bill_reduction": "{EUR}",
}
NOON = time(12)
DAY = timedelta(days=1)
NIGHT_S = 86_400.0


@dataclass(frozen=True, slots=True)
class SavingInputs:
    """Projects with their assets, metered nights of the baselines and of the period, prices, hours, and the period."""

    projects: Sequence[ProjectAsset]
    before: Sequence[MeteredDay]
    after: Sequence[MeteredDay]
    prices: Sequence[Price]
    schedules: Sequence[ScheduledHours]
    period: tuple[date, date]


@dataclass(frozen=True, slots=True)
class Told:
    """One meter in one period; `saving` is None where `refusal` says why."""

    project: ProjectAsset
    n_nights: int
    n_known: int
    meter: Meter | None = None
    use: Use | None = None
    saving: Saving | None = None
    bills: Bills | str = "no tariff is entered"
    price: Price | None = None
    refusal: str | None = None


def read_savings(connection: Connection, window: Window) -> SavingInputs:
    """Read projects, their meters' nights before and now, prices and hours."""
    projects = read_projects(connection, window, "lighting")
    zone = ZoneInfo(projects[0].time_zone if projects else "UTC")
    period = window.begins_at.astimezone(zone).date(), window.ends_at.astimezone(zone).date()
    if not projects:
        return SavingInputs((), (), (), (), (), period)
    prices = read_prices(connection, window.territory_id, "electricity", "lighting")
    hours = next(((p.off_peak_from, p.off_peak_to) for p in prices if p.off_peak_from and p.off_peak_to), None)
    first = min(project.baseline_from for project in projects)
    last = max(project.baseline_to for project in projects)
    ends = (datetime.combine(day, NOON, zone) for day in (first, last))
    baseline = Window(window.territory_id, window.asset_types, *ends)
    before = read_metered_days(connection, baseline, "active_energy", shift_h=12, off_peak=hours)
    after = read_metered_days(connection, window, "active_energy", shift_h=12, off_peak=hours)
    return SavingInputs(projects, before, after, prices, read_schedules(connection, window), period)


def tell_savings(inputs: SavingInputs) -> list[Figure]:
    """Tell the four KPIs of each cabinet that a project changed, and of all of them together."""
    before, after = by_asset(inputs.before), by_asset(inputs.after)
    meters = make_meters(inputs.projects, before)
    models = [meter.model for meter in meters if isinstance(meter, Meter)]
    noise = learn_noise([model.residuals for model in models]) if models else None
    told = [
        tell_meter(inputs, project, meter, after.get(project.asset_id, ()), noise)
        for project, meter in zip(inputs.projects, meters, strict=True)
    ]
    told = [one for one in told if one.n_nights]  # the works began after this period
    rows = hash_inputs([*inputs.projects, *inputs.before, *inputs.after, *inputs.prices, *inputs.schedules])
    figures = [figure for one in told for figure in figures_of([one], noise, rows, one.project.asset_id)]
    return figures + (figures_of(told, noise, rows, None) if told else [])


def by_asset(rows: Sequence[MeteredDay]) -> Mapping[int, list[MeteredDay]]:
    """Group metered days by asset, in their order."""
    grouped: dict[int, list[MeteredDay]] = {}
    for row in rows:
        grouped.setdefault(row.asset_id, []).append(row)
    return grouped


def tell_meter(
    inputs: SavingInputs, project: ProjectAsset, meter: Meter | str, rows: Sequence[MeteredDay], noise: Noise | None
) -> Told:
    """Tell one meter's saving, or why there is none."""
    n_nights = max(0, (inputs.period[1] - max(inputs.period[0], project.started_on)).days)
    if isinstance(meter, str) or noise is None:
        return Told(project, n_nights, 0, refusal=str(meter))
    use = measure_use(meter, rows, inputs.period, inputs.schedules)
    if isinstance(use, str):
        return Told(project, n_nights, 0, meter, refusal=use)
    return Told(
        project,
        n_nights,
        n_nights - len(use.unknown),
        meter,
        use,
        save(meter, use, noise),
        bill(meter, use, inputs.prices) if inputs.prices else "no tariff is entered",
        price_on(inputs.prices, project.baseline_to - DAY),
    )


def figures_of(told: Sequence[Told], noise: Noise | None, rows: str, asset_id: int | None) -> list[Figure]:
    """Tell the four figures of some meters together."""
    n_known, n_nights = sum(one.n_known for one in told), sum(one.n_nights for one in told)
    known = Known(n_known * NIGHT_S, n_nights * NIGHT_S, rows, proof_of(told, noise))
    amounts = amounts_of(told, noise)
    return [figure_of(kpi, asset_id, amounts[kpi], known, baseline_of(kpi, told)) for kpi in UNITS]


def figure_of(kpi: str, asset_id: int | None, amount: Amount | str, known: Known, baseline: float | None) -> Figure:
    """Make one figure, withheld where there is a reason instead of an amount."""
    if isinstance(amount, str):
        return refuse(tell(kpi, asset_id, UNITS[kpi], (None, None, None), known), amount)
    return tell(kpi, asset_id, UNITS[kpi], (amount.low, amount.value, amount.high), known, baseline)


def amounts_of(told: Sequence[Told], noise: Noise | None) -> dict[str, Amount | str]:
    """Give each KPI's amount, or why there is none; meters that cannot be told are left out (completeness says so)."""
    able = [one for one in told if one.saving is not None]
    if not able or noise is None:
        return dict.fromkeys(UNITS, told[0].refusal or "no meter can be told")
    savings = [one.saving for one in able if one.saving is not None]
    bills = [one.bills for one in able]
    unpriced = next((reason for reason in bills if isinstance(reason, str)), None)
    price = able[0].price
    return {
        "lighting_energy_saved": energy_saved(savings, noise),
        "lighting_saving_ratio": saving_ratio(savings, noise),
        "lighting_cost_saved": cost_saved(savings, price, noise) if price else "no tariff for the end of the baseline",
        "lighting_bill_reduction": unpriced or bill_reduction([one for one in bills if isinstance(one, Bills)]),
    }


def baseline_of(kpi: str, told: Sequence[Told]) -> float | None:
    """Give what would have been: the counterfactual [kW.h], or the baseline's bill [EUR]."""
    able = [one for one in told if one.saving is not None]
    if kpi == "lighting_bill_reduction":
        return sum(one.bills.then_eur for one in able if isinstance(one.bills, Bills)) or None
    if kpi == "lighting_cost_saved":
        return None
    return sum(one.saving.counterfactual.kwh for one in able if one.saving is not None) or None


def proof_of(told: Sequence[Told], noise: Noise | None) -> dict[str, Any]:
    """Give the numbers behind a saving."""
    able = [one for one in told if one.meter and one.use]
    return {
        "projects": sorted({one.project.project for one in told}),
        "baseline_from": min(one.project.baseline_from for one in told).isoformat(),
        "baseline_to": max(one.project.baseline_to for one in told).isoformat(),
        "n_meters": len(told),
        "n_meters_left_out": len(told) - len(able),
        "n_baseline_nights": sum(one.meter.model.n_nights for one in able if one.meter),
        "n_nights": sum(one.n_nights for one in told),
        "n_outage_nights": sum(one.use.n_outages for one in able if one.use),
        "metered_kwh": sum(one.use.metered_kwh for one in able if one.use),
        "adjusted_kwh": sum(one.use.adjusted_kwh for one in able if one.use),
        "sun_depression_deg": able[0].meter.place.depression if able and able[0].meter else None,
        "noise_share": noise.share if noise else None,
        "noise_memory": noise.memory if noise else None,
        "noise_common": noise.common if noise else None,
    }


DOMAINS = (
    Domain(
        name="lighting_saving",
        kpis=tuple(UNITS),
        rhythm="month_of_nights",
        asset_types=("light_cabinet",),
        method="IPMVP option B, metered baseline by dark hours",
        method_version="1",
        read=read_savings,
        tell=tell_savings,
    ),
)
