"""A territory's cabinets in a reporting period: how dark it is when lamps burn, and each cabinet's split saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.baseline.fit import Counterfactual
from analytics.baseline.nights import Place
from analytics.baseline.saving import Amount
from analytics.lighting.duty import Clock, Floats, dark_minutes, make_clock, minute_of
from analytics.lighting.ladder import Part, Power, Steps, darkest, measure_power, split, steps_of, stipulate
from store.baseline import Price, ProjectAsset, ScheduledHours
from store.lighting import CabinetFacts, CountedSpells

NOON = time(12)
DAY = timedelta(days=1)
STIPULATED_ERROR = 0.10  # of watts in an inventory, control gear included: an assumption of ours, to be stated
NO_POSITION = "the asset has no position: its dark hours are not known"
TOO_FEW_SPELLS = "the meter tells too few hours one by one to split the saving"


@dataclass(frozen=True, slots=True)
class Hours:
    """What a period's cabinets counted spell by spell, and their hours before the works and now."""

    spells: Sequence[CountedSpells]
    before: Sequence[ScheduledHours]
    now: Sequence[ScheduledHours]
    period: tuple[date, date]


@dataclass(frozen=True, slots=True)
class Cabinet:
    """A cabinet in the reporting period; `power` is None where its spells do not tell."""

    steps: Steps
    place: Place
    power: Power | None


@dataclass(frozen=True, slots=True)
class Parts:
    """A saving's parts [kW.h]: they add up to it."""

    relamping: Amount
    dimming: Amount
    switch_off: Amount


def lay_out(projects: Sequence[ProjectAsset], hours: Hours) -> dict[int, Cabinet]:
    """Measure the cabinets of a territory, those without a position left out."""
    placed = [one for one in projects if one.longitude is not None and one.latitude is not None]
    if not placed:
        return {}
    clock = clock_of(hours.period, placed[0].time_zone)
    spells = spells_by_asset(hours.spells)
    laid = {one.asset_id: (place_of(one), steps_before_now(clock, one, hours)) for one in placed}
    counted = [(*laid[asset], spells[asset]) for asset in laid if asset in spells]
    depression = darkest(clock, counted) if counted else place_of(placed[0]).depression
    cabinets = {}
    for asset, (place, steps) in laid.items():
        there = replace(place, depression=depression)
        seen = replace(steps, dark=dark_minutes(clock, there))
        power = measure_power(clock, seen, spells[asset]) if asset in spells else None
        cabinets[asset] = Cabinet(seen, there, power)
    return cabinets


def spells_by_asset(rows: Sequence[CountedSpells]) -> dict[int, CountedSpells]:
    """Give each asset's spells: of meters that follow one another all, of several at a time none."""
    joined: dict[int, CountedSpells] = {}
    for one in sorted((row for row in rows if row.ended_s), key=lambda row: row.ended_s[0]):
        last = joined.get(one.asset_id)
        if last is None:
            joined[one.asset_id] = one
        elif last.ended_s and last.ended_s[-1] <= one.ended_s[0]:
            joined[one.asset_id] = CountedSpells(
                one.asset_id,
                one.series_id,
                last.ended_s + one.ended_s,
                last.lasted_s + one.lasted_s,
                last.kwh + one.kwh,
            )
        else:
            joined[one.asset_id] = CountedSpells(one.asset_id, one.series_id, (), (), ())
    return joined


def clock_of(period: tuple[date, date], time_zone: str) -> Clock:
    """Lay out a period from noon to noon."""
    zone = ZoneInfo(time_zone)
    begins_at, ends_at = (datetime.combine(day, NOON, zone).astimezone(UTC) for day in period)
    return make_clock(begins_at, ends_at, time_zone)


def place_of(project: ProjectAsset) -> Place:
    """Give where a cabinet stands, and when it is dark unless its meter says otherwise."""
    return Place(round(project.longitude or 0.0, 1), round(project.latitude or 0.0, 1), project.time_zone, 3.0)


def steps_before_now(clock: Clock, project: ProjectAsset, hours: Hours) -> Steps:
    """Lay out a cabinet's minutes; what held on the baseline's last day is taken to have gone on."""
    last = project.baseline_to - DAY
    before = [
        replace(entry, valid_from=date.min, valid_to=None)
        for entry in hours.before
        if entry.asset_id == project.asset_id
        and entry.valid_from <= last
        and (entry.valid_to is None or last < entry.valid_to)
    ]
    now = [entry for entry in hours.now if entry.asset_id == project.asset_id]
    return steps_of(clock, place_of(project), before, now, project.started_on.toordinal())


def parts_of(cabinet: Cabinet | None, whole: Amount) -> Parts | str:
    """Split a cabinet's saving, or say why it cannot be."""
    if cabinet is None:
        return NO_POSITION
    if cabinet.power is None:
        return TOO_FEW_SPELLS
    dimming, off = split(cabinet.steps, cabinet.power)
    value = whole.value - dimming.kwh - off.kwh
    low = float(np.sqrt((whole.value - whole.low) ** 2 + dimming.half_kwh**2 + off.half_kwh**2))
    high = float(np.sqrt((whole.high - whole.value) ** 2 + dimming.half_kwh**2 + off.half_kwh**2))
    return Parts(Amount(value - low, value, value + high), amount_of(dimming), amount_of(off))


def amount_of(part: Part) -> Amount:
    """Give a part with its bounds."""
    return Amount(part.kwh - part.half_kwh, part.kwh, part.kwh + part.half_kwh)


def add_parts(amounts: Sequence[Amount], common: float) -> Amount:
    """Add up one part of several cabinets, whose errors hang together by this correlation."""
    value = sum(one.value for one in amounts)
    low = np.array([one.value - one.low for one in amounts])
    high = np.array([one.high - one.value for one in amounts])
    return Amount(value - together(low, common), value, value + together(high, common))


def together(halves: Floats, common: float) -> float:
    """Give half the width of a sum's interval."""
    return float(np.sqrt((1 - common) * (halves**2).sum() + common * halves.sum() ** 2))


def would_have_drawn(cabinet: Cabinet, facts: CabinetFacts, clock: Clock, price: Price | None) -> Counterfactual | str:
    """Give baseline watts times astronomical hours [kW.h], or why they cannot be told.

    IPMVP option B with a stipulated wattage. Standing use is not in it, nor are losses in cables.
    """
    if facts.old_watts is None:
        return "no watts of before are entered"
    if facts.n_old_watts < facts.n_listed:
        return f"{facts.n_listed - facts.n_old_watts} of {facts.n_listed} lamps have no watts of before entered"
    is_cheap = np.zeros(clock.day.size, dtype=bool)
    if price is not None and price.off_peak_from is not None and price.off_peak_to is not None:
        begin, end = minute_of(price.off_peak_from), minute_of(price.off_peak_to)
        after, before = clock.minute >= begin, clock.minute < end
        is_cheap = after & before if begin <= end else after | before
    kwh, off_peak_kwh = stipulate(cabinet.steps, facts.old_watts, is_cheap)
    return Counterfactual(kwh, off_peak_kwh, 0.0, STIPULATED_ERROR * kwh)


def by_cabinet(facts: Sequence[CabinetFacts]) -> Mapping[int, CabinetFacts]:
    """Give the facts by cabinet."""
    return {one.asset_id: one for one in facts}
