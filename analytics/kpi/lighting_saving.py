"""Energy saved by lighting projects: in kW.h, as a share, in euros, as emissions; its parts; and how the bill fell.

IPMVP option B (EVO 10000-1:2022): each cabinet's meter against what it would have counted. Two counterfactuals:

- the metered baseline period as a line of dark hours (`analytics.baseline.fit`), carried to the nights reported on;
- where there is none of 90 nights that covers such nights: baseline watts (of the lamps replaced, with control gear, as
  the inventory has them) times the astronomical hours of the commune's hours of before (`analytics.lighting.split`).

`proof.methods` says which applies. Adjustments: for the length of nights, and for outages, because a broken lamp saves
nothing: a night in which a cabinet drew less than 60 % of its own usual power, while no order to switch off holds, is
filled up to the usual, and so is what single lamps did not draw while they alone were out (what the KPI
`street_light_outage_energy` says of the same period). What was filled up is told apart. Lamps that burn by day count
against the saving, as they do on the bill.

Parts, in this order of attribution: new lamps, dimming, switching off (`analytics.lighting.ladder`); they add up.

Interval: 90 %, from the correlated disturbances of the baseline (`analytics.baseline.noise`), by Student's t for the
few independent spells in it. Added as bounds: nights for which a meter does not account (nothing saved in them, or
everything); what lamps out in hours that are not known did not draw (nothing, or twice as much as in the others); 10 %
of stipulated watts either way, an assumption. A meter's own error is not in it.

Constant price: the tariff of the baseline's last day. Emissions: the factor of the period's first day
(`analytics.emission`). The bill: that of the same calendar nights of the baseline less that of now, each night at its
own day's price, as metered, outages and all; for a night that a baseline across a leap day lacks, the one beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from analytics.baseline.meter import Meter, make_meters
from analytics.baseline.noise import Noise, learn_noise
from analytics.baseline.saving import Amount, Bills, bill_reduction, cost_saved, energy_saved, saving_ratio
from analytics.emission import ELECTRICITY, factor_on
from analytics.grouping import by_asset
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.lighting.account import Account, Books, account_of
from analytics.lighting.split import Hours, Parts, add_parts, by_cabinet, lay_out
from store.baseline import (
    DatedFactor,
    MeteredDay,
    Price,
    ProjectAsset,
    ScheduledHours,
    read_factors,
    read_metered_days,
    read_prices,
    read_projects,
    read_schedules,
)
from store.inputs import Connection, Window
from store.lighting import (
    CabinetFacts,
    CountedSpells,
    LampOutage,
    read_cabinet_facts,
    read_counted_spells,
    read_lamp_outages,
)

UNITS = {
    "lighting_energy_saved": "kW.h",
    "lighting_saving_ratio": "1",
    "lighting_cost_saved": "{EUR}",
    "lighting_emissions_avoided": "kg",
    "lighting_bill_reduction": "{EUR}",
    "lighting_saved_by_relamping": "kW.h",
    "lighting_saved_by_dimming": "kW.h",
    "lighting_saved_by_switch_off": "kW.h",
    "lighting_outage_energy": "kW.h",
}
PART_BY_KPI = {
    "lighting_saved_by_relamping": "relamping",
    "lighting_saved_by_dimming": "dimming",
    "lighting_saved_by_switch_off": "switch_off",
}
NOON = time(12)
DAY = timedelta(days=1)
NIGHT_S = 86_400.0
NO_NOISE = Noise(0.0, 0.9, 0.0, 1.0)  # no metered baseline in the territory: nothing rests on it


@dataclass(frozen=True, slots=True)
class SavingInputs:
    """Projects with their assets, metered nights of the baselines and of the period, prices, hours, and the period.

    Then spells of the period, hours of before, facts of the cabinets, outages of their lamps, emission factors.
    """

    projects: Sequence[ProjectAsset]
    before: Sequence[MeteredDay]
    after: Sequence[MeteredDay]
    prices: Sequence[Price]
    schedules: Sequence[ScheduledHours]
    period: tuple[date, date]
    spells: Sequence[CountedSpells] = ()
    schedules_before: Sequence[ScheduledHours] = ()
    cabinets: Sequence[CabinetFacts] = ()
    outages: Sequence[LampOutage] = ()
    factors: Sequence[DatedFactor] = ()


def read_savings(connection: Connection, window: Window) -> SavingInputs:
    """Read projects, their meters' nights before and now, prices, hours, and what is told of their lamps."""
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
    return SavingInputs(
        projects=projects,
        before=read_metered_days(connection, baseline, "active_energy", shift_h=12, off_peak=hours),
        after=read_metered_days(connection, window, "active_energy", shift_h=12, off_peak=hours),
        prices=prices,
        schedules=read_schedules(connection, window),
        period=period,
        spells=read_counted_spells(connection, window),
        schedules_before=read_schedules(connection, baseline),
        cabinets=read_cabinet_facts(connection, window),
        outages=read_lamp_outages(connection, window, "street_light_outage_energy"),
        factors=read_factors(connection, window.territory_id, ELECTRICITY),
    )


def tell_savings(inputs: SavingInputs) -> list[Figure]:
    """Tell the KPIs of each cabinet that a project changed, and of all of them together."""
    meters, noise = fit_baselines(tuple(inputs.projects), tuple(inputs.before))
    books = Books(
        period=inputs.period,
        after=by_asset(inputs.after),
        schedules=inputs.schedules,
        prices=inputs.prices,
        cabinets=lay_out(
            inputs.projects, Hours(inputs.spells, inputs.schedules_before, inputs.schedules, inputs.period)
        ),
        facts=by_cabinet(inputs.cabinets),
        outages={one.asset_id: one for one in inputs.outages},
        noise=noise,
    )
    told = [account_of(project, meter, books) for project, meter in zip(inputs.projects, meters, strict=True)]
    told = [one for one in told if one.n_nights]  # the works began after this period
    telling = Telling(noise, factor_on(ELECTRICITY, inputs.period[0], inputs.factors), hash_of(inputs))
    figures = [figure for one in told for figure in figures_of([one], telling, one.project.asset_id)]
    return figures + (figures_of(told, telling, None) if told else [])


@lru_cache(maxsize=4)  # the same for every month since the works, and most of the work
def fit_baselines(
    projects: tuple[ProjectAsset, ...], before: tuple[MeteredDay, ...]
) -> tuple[Sequence[Meter | str], Noise]:
    """Fit a territory's metered baselines, and learn how their disturbances hang together."""
    meters = make_meters(projects, by_asset(before))
    models = [meter.model for meter in meters if isinstance(meter, Meter)]
    return meters, learn_noise([model.residuals for model in models]) if models else NO_NOISE


def hash_of(inputs: SavingInputs) -> str:
    """Hash all inputs."""
    return hash_inputs([row for name in inputs.__slots__ for row in getattr(inputs, name)])


@dataclass(frozen=True, slots=True)
class Telling:
    """What the figures of a territory share: noise, the emission factor, and the hash of the inputs."""

    noise: Noise
    factor: DatedFactor | None
    rows: str


def figures_of(told: Sequence[Account], telling: Telling, asset_id: int | None) -> list[Figure]:
    """Tell the figures of some meters together."""
    n_known, n_nights = sum(one.n_known for one in told), sum(one.n_nights for one in told)
    known = Known(n_known * NIGHT_S, n_nights * NIGHT_S, telling.rows, proof_of(told, telling))
    amounts = amounts_of(told, telling)
    return [figure_of(kpi, asset_id, amounts[kpi], known, baseline_of(kpi, told)) for kpi in UNITS]


def figure_of(kpi: str, asset_id: int | None, amount: Amount | str, known: Known, baseline: float | None) -> Figure:
    """Make one figure, withheld where there is a reason instead of an amount."""
    if isinstance(amount, str):
        return refuse(tell(kpi, asset_id, UNITS[kpi], (None, None, None), known), amount)
    return tell(kpi, asset_id, UNITS[kpi], (amount.low, amount.value, amount.high), known, baseline)


def amounts_of(told: Sequence[Account], telling: Telling) -> dict[str, Amount | str]:
    """Give each KPI's amount, or why there is none; meters that cannot be told are left out (completeness says so)."""
    able = [one for one in told if one.saving is not None]
    if not able:
        return dict.fromkeys(UNITS, told[0].refusal or "no meter can be told")
    savings = [one.saving for one in able if one.saving is not None]
    unpriced = next((one.bills for one in able if isinstance(one.bills, str)), None)
    price, noise, factor = able[0].price, telling.noise, telling.factor
    energy = energy_saved(savings, noise)
    parts = {kpi: part_of([one.parts for one in able], name, noise) for kpi, name in PART_BY_KPI.items()}
    return {
        "lighting_energy_saved": energy,
        "lighting_saving_ratio": saving_ratio(savings, noise),
        "lighting_cost_saved": cost_saved(savings, price, noise) if price else "no tariff for the end of the baseline",
        "lighting_emissions_avoided": times(energy, factor.value) if factor else "no emission factor of that day",
        "lighting_bill_reduction": unpriced
        or bill_reduction([one.bills for one in able if isinstance(one.bills, Bills)]),
        "lighting_outage_energy": add_parts([one.outages for one in able], 1.0),
        **parts,
    }


def part_of(parts: Sequence[Parts | str], name: str, noise: Noise) -> Amount | str:
    """Add up one part of several meters; one that cannot be split leaves the whole unsplit."""
    reason = next((one for one in parts if isinstance(one, str)), None)
    return reason or add_parts([getattr(one, name) for one in parts], noise.common)


def times(amount: Amount, factor: float) -> Amount:
    """Turn one amount into another."""
    return Amount(amount.low * factor, amount.value * factor, amount.high * factor)


def baseline_of(kpi: str, told: Sequence[Account]) -> float | None:
    """Give what would have been: the counterfactual [kW.h], or the baseline's bill [EUR]."""
    able = [one for one in told if one.saving is not None]
    if kpi == "lighting_bill_reduction":
        return sum(one.bills.then_eur for one in able if isinstance(one.bills, Bills)) or None
    if kpi in ("lighting_energy_saved", "lighting_saving_ratio"):
        return sum(one.saving.counterfactual.kwh for one in able if one.saving is not None) or None
    return None


def proof_of(told: Sequence[Account], telling: Telling) -> dict[str, Any]:
    """Give the numbers behind a saving."""
    able = [one for one in told if one.use and one.saving]
    noise, factor = telling.noise, telling.factor
    return {
        "projects": sorted({one.project.project for one in told}),
        "methods": sorted({one.method for one in able if one.method}),
        "why_no_metered_baseline": sorted({one.no_baseline for one in told if one.no_baseline}),
        "baseline_from": min(one.project.baseline_from for one in told).isoformat(),
        "baseline_to": max(one.project.baseline_to for one in told).isoformat(),
        "n_meters": len(told),
        "n_meters_left_out": len(told) - len(able),
        "n_meters_stipulated": sum(one.meter is None for one in able),
        "n_baseline_nights": sum(one.meter.model.n_nights for one in able if one.meter),
        "n_nights": sum(one.n_nights for one in told),
        "n_outage_nights": sum(one.use.n_outages for one in able if one.use),
        "metered_kwh": sum(one.use.metered_kwh for one in able if one.use),
        "adjusted_kwh": sum(one.use.metered_kwh + one.outages.value for one in able if one.use),
        "used_kwh": sum(one.saving.used_kwh for one in able if one.saving),
        "outage_kwh": sum(one.outages.value for one in able),
        "sun_depression_deg": next((one.meter.place.depression for one in able if one.meter), None),
        "noise_share": noise.share,
        "noise_memory": noise.memory,
        "noise_common": noise.common,
        "emission_factor": None if factor is None else factor.value,
        "emission_source": None if factor is None else factor.source,
    }


DOMAINS = (
    Domain(
        name="lighting_saving",
        kpis=tuple(UNITS),
        rhythm="month_of_nights",
        asset_types=("light_cabinet",),
        method="IPMVP option B, metered baseline by dark hours, else stipulated watts by astronomical hours",
        method_version="4",
        read=read_savings,
        tell=tell_savings,
    ),
)
