"""What a KPI should say, out of the truth file and the reference data: value, and what its error is a share of.

The truth tells UTC days. A night from noon to noon is half of one and half of the next; a civil day takes the hour or
two before UTC's midnight from the day before, in proportion.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulators.reference import Project, Reference, Tariff
from simulators.truth import TrueCabinet, Truth

Floats = NDArray[np.float64]
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BASE_CEL = 18.0


class UntoldError(Exception):
    """The truth does not tell."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A KPI's asset ("": the territory) and period."""

    asset: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TrueValue:
    """What is true, and the amount that an error is a share of."""

    value: float
    scale: float


@dataclass(frozen=True)
class Book:
    """A town's truth and what its people entered."""

    truth: Truth
    reference: Reference

    @cached_property
    def zone(self) -> ZoneInfo:
        """The town's civil time."""
        return ZoneInfo(self.reference.time_zone)

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        """The lighting project of each cabinet."""
        own = [project for project in self.reference.projects if project.domain == "lighting"]
        return {asset: project for project in own for asset in project.assets}

    def nights(self, asked: Asked, cabinet: TrueCabinet) -> list[date]:
        """Give the nights (by their evening) of a period since a cabinet's works."""
        first, end = (at.astimezone(self.zone).date() for at in (asked.begins_at, asked.ends_at))
        first = max(first, self.projects[cabinet.asset].started_on)
        return [first + n * DAY for n in range((end - first).days)]

    def cabinets(self, asked: Asked) -> list[TrueCabinet]:
        """Give the cabinets asked about that a project has changed."""
        chosen = [one for one in self.truth.lighting if asked.asset in ("", one.asset) and one.asset in self.projects]
        return [one for one in chosen if self.nights(asked, one)]

    def over_nights(self, daily: Sequence[float] | Floats, nights: Sequence[date]) -> Floats:
        """Give the amounts of nights, out of those of UTC days."""
        values = np.asarray(daily)
        at = np.array([(night - self.truth.days[0]).days for night in nights], dtype=int)
        amounts: Floats = (values[at] + values[at + 1]) / 2
        return amounts

    def over_days(self, daily: Sequence[float] | Floats, asked: Asked) -> float:
        """Add up an amount over the civil days of a period, out of those of UTC days."""
        origin = datetime.combine(self.truth.days[0], time(0), UTC)
        total = np.concatenate(([0.0], np.cumsum(np.asarray(daily))))
        ends = [(at - origin) / DAY for at in (asked.begins_at, asked.ends_at)]
        begun, ended = np.interp(ends, np.arange(total.size), total)
        return float(ended - begun)

    def over_hours(self, hourly: Sequence[float], asked: Asked) -> float:
        """Add up an amount told by hour."""
        first, end = (round((at - self.truth.parking.from_at) / HOUR) for at in (asked.begins_at, asked.ends_at))
        return float(sum(hourly[first:end]))

    def is_told(self, asked: Asked, since: datetime) -> bool:
        """Say whether the truth covers a period."""
        return since <= asked.begins_at and asked.ends_at <= self.truth.generated_to - DAY


def saved_kwh(book: Book, asked: Asked) -> tuple[float, float]:
    """Give what was saved and what would have been used [kW.h]; outages save nothing, lamps lit by day cost."""
    saved = baseline = 0.0
    for cabinet in book.cabinets(asked):
        nights = book.nights(asked, cabinet)
        would = book.over_nights(cabinet.kwh["baseline"], nights).sum()
        kept = np.maximum(cabinet.kwh["switched_off"], cabinet.kwh["used"])
        saved += would - book.over_nights(kept, nights).sum()
        baseline += would
    return saved, baseline


def energy_saved(book: Book, asked: Asked) -> TrueValue:
    """Give the energy saved, an error being a share of what would have been used."""
    return TrueValue(*saved_kwh(book, asked))


def saving_ratio(book: Book, asked: Asked) -> TrueValue:
    """Give the share of energy saved."""
    saved, baseline = saved_kwh(book, asked)
    return TrueValue(saved / baseline, 1.0)


def cost_saved(book: Book, asked: Asked) -> TrueValue:
    """Give the energy saved at the price of the baseline's last day, peak and off-peak apart."""
    saved = baseline = 0.0
    for cabinet in book.cabinets(asked):
        nights = book.nights(asked, cabinet)
        price = tariff_on(book.reference, book.projects[cabinet.asset].baseline_to - DAY)
        kept = np.maximum(costs(cabinet, "switched_off", price), costs(cabinet, "used", price))
        would = costs(cabinet, "baseline", price)
        saved += book.over_nights(would - kept, nights).sum()
        baseline += book.over_nights(would, nights).sum()
    return TrueValue(saved, baseline)


def rung_step(book: Book, asked: Asked, rungs: tuple[str, str]) -> float:
    """Add up the difference of two rungs of the ladder [kW.h]."""
    return sum(
        float(book.over_nights(np.subtract(*(cabinet.kwh[rung] for rung in rungs)), book.nights(asked, cabinet)).sum())
        for cabinet in book.cabinets(asked)
    )


def saved_by_dimming(book: Book, asked: Asked) -> TrueValue:
    """Give what dimming saved after relamping, an error being a share of what would have been used."""
    return TrueValue(rung_step(book, asked, ("relamped", "dimmed")), saved_kwh(book, asked)[1])


def saved_by_switch_off(book: Book, asked: Asked) -> TrueValue:
    """Give what switching off saved after dimming."""
    return TrueValue(rung_step(book, asked, ("dimmed", "switched_off")), saved_kwh(book, asked)[1])


def saved_by_relamping(book: Book, asked: Asked) -> TrueValue:
    """Give the rest of the saving: what lamps lit by day cost is in it."""
    saved, baseline = saved_kwh(book, asked)
    return TrueValue(saved - saved_by_dimming(book, asked).value - saved_by_switch_off(book, asked).value, baseline)


def bill_reduction(book: Book, asked: Asked) -> TrueValue:
    """Give the bill of the same calendar nights in the baseline less that of now, each at its own day's price."""
    then = now = 0.0
    for cabinet in book.cabinets(asked):
        project = book.projects[cabinet.asset]
        for night in book.nights(asked, cabinet):
            past = same_night(night, project)
            then += bill_of(book, cabinet, past)
            now += bill_of(book, cabinet, night)
    return TrueValue(then - now, then)


def bill_of(book: Book, cabinet: TrueCabinet, night: date) -> float:
    """Give what a night cost."""
    price = tariff_on(book.reference, night)
    return float(book.over_nights(costs(cabinet, "used", price), [night])[0])


def costs(cabinet: TrueCabinet, rung: str, price: Tariff) -> Floats:
    """Give the cost of each UTC day at one price [EUR]."""
    cheap = np.asarray(cabinet.off_peak_kwh[rung])
    off_peak = price.price_eur if price.off_peak_price_eur is None else price.off_peak_price_eur
    cost: Floats = (np.asarray(cabinet.kwh[rung]) - cheap) * price.price_eur + cheap * off_peak
    return cost


def tariff_on(reference: Reference, day: date) -> Tariff:
    """Give the tariff of lighting of a day. Raises UntoldError: none is known of so long ago."""
    for one in reference.tariffs:
        is_lighting = (one.energy, one.use) == ("electricity", "lighting")
        if is_lighting and one.valid_from <= day and (one.valid_to is None or day < one.valid_to):
            return one
    raise UntoldError(f"no tariff of lighting on {day}")


def same_night(night: date, project: Project) -> date:
    """Give the night of the baseline that is nearest in the calendar, by a day at most. Raises UntoldError: none is."""
    n_nights = (project.baseline_to - project.baseline_from).days
    baseline = [project.baseline_from + n * DAY for n in range(n_nights)]
    apart = {past: days_apart(past, night) for past in baseline}
    best = min(apart, key=lambda past: (apart[past], past))
    if apart[best] > 1:
        raise UntoldError(f"no night like {night} in the baseline of {project.slug}")
    return best


def days_apart(one: date, other: date) -> int:
    """Give how many days two days of whatever years lie apart in a calendar without 29 February (which is the 28th)."""
    places = [day.replace(year=2001, day=28 if (day.month, day.day) == (2, 29) else day.day) for day in (one, other)]
    apart = abs((places[0] - places[1]).days)
    return min(apart, 365 - apart)


def rounds_avoided(book: Book, asked: Asked) -> TrueValue:
    """Count the planned rounds that were not driven; an error is a share of the plan."""
    fates = [fate for one in book.truth.rounds for fate in zip(one.planned_at, one.was_done, strict=True)]
    own = [was_done for at, was_done in fates if asked.begins_at <= at < asked.ends_at]
    return TrueValue(len(own) - sum(own), len(own))


def rounds_avoided_ratio(book: Book, asked: Asked) -> TrueValue:
    """Give the share of planned rounds that were not driven."""
    avoided = rounds_avoided(book, asked)
    return TrueValue(avoided.value / avoided.scale, 1.0)


def energy_per_degree_day(book: Book, asked: Asked) -> TrueValue:
    """Give energy bought over degree days of base 18 [kW.h/(K.d)], an error being a share of it."""
    own = [one for one in book.truth.buildings if asked.asset in ("", one.asset)]
    kwh = sum(book.over_days(one.bought_kwh, asked) for one in own)
    cold = degree_days(book, asked)
    value = kwh / cold if cold else 0.0
    return TrueValue(value, value)


def degree_days(book: Book, asked: Asked) -> float:
    """Add up 18 °C less the mean of the lowest and highest temperature of each civil day, never below 0."""
    low, high = np.array(book.truth.temperature_low_c), np.array(book.truth.temperature_high_c)
    first, end = (at.astimezone(book.zone).date() for at in (asked.begins_at, asked.ends_at))
    midnights = [datetime.combine(first + n * DAY, time(0), book.zone) for n in range((end - first).days + 1)]
    origin = datetime.combine(book.truth.days[0], time(0), UTC)
    edges = [round((at.astimezone(UTC) - origin) / HOUR) for at in midnights]
    return sum(max(0.0, BASE_CEL - (low[a:b].min() + high[a:b].max()) / 2) for a, b in pairwise(edges))


def bay_occupancy(book: Book, asked: Asked) -> TrueValue:
    """Give the share of open bay time that was occupied."""
    parking = book.truth.parking
    return TrueValue(book.over_hours(parking.bay_occupied_s, asked) / book.over_hours(parking.bay_offered_s, asked), 1)


def bay_turnover(book: Book, asked: Asked) -> TrueValue:
    """Give the cars per open bay and day, an error being a share of it."""
    parking = book.truth.parking
    offered_days = book.over_hours(parking.bay_offered_s, asked) / DAY.total_seconds()
    value = book.over_hours(parking.bay_arrivals, asked) / offered_days
    return TrueValue(value, value)


def car_park_occupancy(book: Book, asked: Asked) -> TrueValue:
    """Give the share of place time that was occupied."""
    parking = book.truth.parking
    occupied_s = book.over_hours(parking.place_occupied_s, asked)
    return TrueValue(occupied_s / book.over_hours(parking.place_offered_s, asked), 1)


TRUE_BY_KPI: Mapping[str, Callable[[Book, Asked], TrueValue]] = {
    "lighting_energy_saved": energy_saved,
    "lighting_saving_ratio": saving_ratio,
    "lighting_cost_saved": cost_saved,
    "lighting_bill_reduction": bill_reduction,
    "lighting_saved_by_relamping": saved_by_relamping,
    "lighting_saved_by_dimming": saved_by_dimming,
    "lighting_saved_by_switch_off": saved_by_switch_off,
    "rounds_avoided": rounds_avoided,
    "rounds_avoided_ratio": rounds_avoided_ratio,
    "building_energy_per_degree_day": energy_per_degree_day,
    "bay_occupancy": bay_occupancy,
    "bay_turnover": bay_turnover,
    "car_park_occupancy": car_park_occupancy,
}
TOWN_ONLY = frozenset({"bay_occupancy", "bay_turnover", "car_park_occupancy"})  # the truth tells of all together
METERED = frozenset(TRUE_BY_KPI) - TOWN_ONLY  # told of the metered past too


def tell_truth(book: Book, kpi: str, asked: Asked) -> TrueValue | None:
    """Say what a KPI should say, None where the truth does not tell."""
    since = datetime.combine(book.truth.days[0], time(0), UTC) + DAY
    is_told = book.is_told(asked, since if kpi in METERED else book.truth.full_from)
    if not is_told or (asked.asset and kpi in TOWN_ONLY):
        return None
    try:
        true = TRUE_BY_KPI[kpi](book, asked)
    except UntoldError:
        return None
    return true if true.scale else None  # a month without heating: no error is a share of nothing
