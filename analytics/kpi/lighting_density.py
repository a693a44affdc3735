"""How sparing an installation is: EN 13201-5 indicators with the operating profile, energy per light point and per km.

EN 13201-5:2015: the power density indicator D_P = P / sum(E_i A_i) [W/(lx.m2)] and the annual energy consumption
indicator D_E = sum(P_j t_j) / A [W.h/m2]. P is what the cabinet draws at full light, standing use included, as its
meter's spells of the period say (`analytics.lighting.ladder`); E A the mean maintained illuminance times the lit area
that are entered of the cabinet; sum(P_j t_j) what its meter counted in the twelve months that end with the period. Both
stand together, with the operating profile in the proof: hours and power at each level the commune's hours ordered in
these twelve months. Energy per light point and per km of street is of the same twelve months.

Bounds: of D_P 90 %, from how single nights stray, and 2 % for meters and clocks; of the others worst cases, nothing or
full light in the time that the meter does not account for. The time not known is taken to be like the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.baseline.nights import Place
from analytics.grouping import by_asset
from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.kpi.lighting_hours import DEPRESSION_DEG, NO_PLACE
from analytics.lighting.duty import Clock, duty_of, make_clock
from analytics.lighting.ladder import KNOWN_ERROR, Power, measure_power, steps_of
from analytics.lighting.split import TOO_FEW_SPELLS, spells_by_asset
from analytics.spread import NORMAL_90
from store.baseline import ScheduledHours, read_schedules, read_time_zone
from store.inputs import Connection, Window
from store.lighting import (
    CabinetFacts,
    CountedSpells,
    YearCount,
    read_cabinet_facts,
    read_counted_spells,
    read_year_counts,
)

YEAR = timedelta(days=365)
LONGEST_SHARE = 1.05  # of the year: meters that follow one another count no more seconds than this
POWER, ENERGY, PER_LAMP, PER_KM = (
    "lighting_power_density",
    "lighting_energy_density",
    "lighting_energy_per_lamp",
    "lighting_energy_per_km",
)
UNITS = {POWER: "W/(lx.m2)", ENERGY: "W.h/m2", PER_LAMP: "kW.h", PER_KM: "kW.h/km"}
NEEDED = {
    POWER: "lit area and mean illuminance are not entered (lit_area_m2, illuminance_lx)",
    ENERGY: "the lit area is not entered (lit_area_m2)",
    PER_LAMP: "the number of lamps is not entered (n_lamps)",
    PER_KM: "the length of the street is not entered (street_length_m)",
}


@dataclass(frozen=True, slots=True)
class DensityInputs:
    """Counts and the commune's hours of twelve months, spells of the period, facts of the cabinets, and the period."""

    counts: tuple[YearCount, ...]
    spells: tuple[CountedSpells, ...]
    cabinets: tuple[CabinetFacts, ...]
    schedules: tuple[ScheduledHours, ...]
    since: datetime
    begins_at: datetime
    ends_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class Installation:
    """One cabinet: energy of the twelve months [kW.h] with the seconds it came about in, full power [W], profile."""

    facts: CabinetFacts
    kwh: float
    counted_s: float
    full_w: float | None
    stray: float
    profile: tuple[Mapping[str, float], ...]
    refusal: str | None


def read_densities(connection: Connection, window: Window) -> DensityInputs:
    """Read counters of twelve months, spells of the period, hours and facts."""
    since = window.ends_at - YEAR
    year = replace(window, begins_at=since)
    return DensityInputs(
        tuple(read_year_counts(connection, window, since)),
        tuple(read_counted_spells(connection, window)),
        tuple(read_cabinet_facts(connection, window)),
        tuple(read_schedules(connection, year)),
        since,
        window.begins_at,
        window.ends_at,
        read_time_zone(connection, window.territory_id),
    )


def tell_densities(inputs: DensityInputs) -> list[Figure]:
    """Tell the four figures of each metered cabinet, and of those together for which each is known."""
    rows = hash_inputs([*inputs.counts, *inputs.spells, *inputs.cabinets, *inputs.schedules, inputs.since])
    told = installations_of(inputs)
    figures = [figure_of(kpi, one.facts.asset_id, [one], inputs, rows) for one in told for kpi in UNITS]
    return figures + [figure_of(kpi, None, told, inputs, rows) for kpi in UNITS if told]


def installations_of(inputs: DensityInputs) -> list[Installation]:
    """Put together what is known of each cabinet whose meter spoke in the twelve months."""
    counts = by_asset(count for count in inputs.counts if count.counted_s > 0)
    spells = spells_by_asset(inputs.spells)
    clocks = tuple(make_clock(begin, inputs.ends_at, inputs.time_zone) for begin in (inputs.begins_at, inputs.since))
    return [
        installation_of(facts, counts[facts.asset_id], spells.get(facts.asset_id), inputs.schedules, clocks)
        for facts in inputs.cabinets
        if facts.asset_id in counts
    ]


def installation_of(
    facts: CabinetFacts,
    counts: Sequence[YearCount],
    spells: CountedSpells | None,
    schedules: Sequence[ScheduledHours],
    clocks: Sequence[Clock],
) -> Installation:
    """Measure one cabinet; of several meters at a time the year is known as far as the one that says least."""
    kwh, seconds = sum(one.kwh for one in counts), [one.counted_s for one in counts]
    counted_s = sum(seconds) if sum(seconds) <= LONGEST_SHARE * YEAR.total_seconds() else min(seconds)
    refusal = "negative energy was counted" if min(one.kwh for one in counts) < 0 else None
    if facts.longitude is None or facts.latitude is None:
        return Installation(facts, kwh, counted_s, None, 0.0, (), refusal or NO_PLACE)
    zone = "UTC"  # dark is dark in any zone; the clocks know civil time
    place = Place(facts.longitude, facts.latitude, zone, facts.sun_depression_deg or DEPRESSION_DEG)
    own = [entry for entry in schedules if entry.asset_id == facts.asset_id]
    power = None
    if spells is not None:
        power = measure_power(clocks[0], steps_of(clocks[0], place, (), own, date.min.toordinal()), spells)
    if power is None:
        return Installation(facts, kwh, counted_s, None, 0.0, (), refusal)
    full_w = 1000 * (power.standing + float(power.at(np.array(1.0))))
    return Installation(facts, kwh, counted_s, full_w, power.stray, profile_of(clocks[1], place, own, power), refusal)


def profile_of(
    clock: Clock, place: Place, own: Sequence[ScheduledHours], power: Power
) -> tuple[Mapping[str, float], ...]:
    """Give the operating profile of twelve months: hours and watts at each level, in the dark; level 0 is off."""
    duty = duty_of(clock, place, own)
    hours = [*zip(duty.levels, duty.at_level.sum(axis=1), strict=True), (0.0, duty.off.sum())]
    return tuple(
        {
            "level": level,
            "hours": round(float(lasted), 1),
            "power_w": round(1000 * (power.standing + float(power.at(np.array(level)))), 1),
        }
        for level, lasted in hours
        if lasted > 0
    )


def divisor_of(kpi: str, facts: CabinetFacts) -> float | None:
    """Give what a figure is divided by; None where it is not entered."""
    if kpi == POWER:
        area, light = facts.lit_area_m2, facts.illuminance_lx
        return area * light or None if area and light else None
    return {
        ENERGY: facts.lit_area_m2,
        PER_LAMP: facts.n_lamps,
        PER_KM: facts.street_length_m and facts.street_length_m / 1000,
    }[kpi] or None


def figure_of(kpi: str, asset_id: int | None, told: Sequence[Installation], inputs: DensityInputs, rows: str) -> Figure:
    """Tell one figure of some cabinets together."""
    year_s = (inputs.ends_at - inputs.since).total_seconds()
    pairs = [(one, divisor_of(kpi, one.facts)) for one in told]
    able = [(one, by) for one, by in pairs if by and not one.refusal and (kpi != POWER or one.full_w)]
    if not able:
        reason = told[0].refusal or (NEEDED[kpi] if pairs[0][1] is None else TOO_FEW_SPELLS)
        return refuse(tell(kpi, asset_id, UNITS[kpi], (None, None, None), Known(0.0, year_s, rows)), reason)
    counted_s = year_s * len(able) if kpi == POWER else sum(min(one.counted_s, year_s) for one, _ in able)
    known = Known(counted_s, year_s * len(able), rows, proof_of([one for one, _ in able], len(told), inputs))
    divisor = sum(by for _, by in able)
    bounds = full_power([one for one, _ in able]) if kpi == POWER else energy([one for one, _ in able], year_s)
    factor = 1000.0 if kpi == ENERGY else 1.0
    low, value, high = (bound * factor / divisor for bound in bounds)
    return tell(kpi, asset_id, UNITS[kpi], (low, value, high), known)


def full_power(told: Sequence[Installation]) -> tuple[float, float, float]:
    """Add up full powers [W]."""
    value = sum(one.full_w or 0.0 for one in told)
    half = sum((one.full_w or 0.0) * float(np.hypot(NORMAL_90 * one.stray, KNOWN_ERROR)) for one in told)
    return value - half, value, value + half


def energy(told: Sequence[Installation], year_s: float) -> tuple[float, float, float]:
    """Add up the energy of twelve months [kW.h], the time not known bounded."""
    low = sum(one.kwh for one in told)
    value = sum(one.kwh * max(1.0, year_s / one.counted_s) for one in told if one.counted_s > 0)
    missing_h = [max(0.0, year_s - one.counted_s) / 3600 for one in told]
    most = sum(h * (one.full_w or 0.0) / 1000 for h, one in zip(missing_h, told, strict=True))
    return low, value, max(value, low + most)


def proof_of(told: Sequence[Installation], n_told: int, inputs: DensityInputs) -> dict[str, Any]:
    """Give the numbers behind a figure; the operating profile of a single cabinet stands in it."""
    profile = told[0].profile if len(told) == 1 else ()
    return {
        "since": inputs.since.astimezone(ZoneInfo(inputs.time_zone)).date().isoformat(),
        "n_cabinets": len(told),
        "n_cabinets_left_out": n_told - len(told),
        "energy_kwh": round(sum(one.kwh for one in told), 2),
        "full_power_w": round(sum(one.full_w or 0.0 for one in told), 1),
        "lit_area_m2": sum(one.facts.lit_area_m2 or 0.0 for one in told),
        "operating_profile": list(profile),
    }


DOMAINS = (
    Domain(
        name="lighting_density",
        kpis=tuple(UNITS),
        rhythm="month_of_nights",
        asset_types=("light_cabinet",),
        method="EN 13201-5 with the operating profile, twelve months",
        method_version="2",
        read=read_densities,
        tell=tell_densities,
    ),
)
