"""One cabinet's meter before and after a project: whether it can be told, what it used, what outages kept from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.baseline.fit import NightModel, fit_nights
from analytics.baseline.nights import Place, Stretch, dark_hours, join_nights
from store.baseline import MeteredDay, ProjectAsset, ScheduledHours

DAY = timedelta(days=1)
LEAST_NIGHTS = 90  # a season: fewer say nothing about how use follows the length of nights
BEYOND_H = 0.5  # by which a night may be longer or shorter than any of the baseline
OUTAGE_SHARE = 0.6
NEIGHBOUR_NIGHTS = 15  # on both sides of a night, for what is usual around it
DEPRESSIONS = (0.833, 2.0, 3.0, 4.0, 5.0, 6.0)  # degrees: from sunset to the end of civil twilight
MOST_METERS = 24  # asked for it
LONGEST_ORDER = timedelta(days=62)  # a schedule of more days is the council's standing rule


@dataclass(frozen=True, slots=True)
class Meter:
    """A metered asset with its baseline."""

    project: ProjectAsset
    place: Place
    before: Sequence[Stretch]
    model: NightModel


@dataclass(frozen=True, slots=True)
class Use:
    """What was used in a reporting period [kW.h].

    `nights` are all (day, dark hours), `unknown` those for which the meter does not account. `adjusted` is the use of
    the known nights with outages filled up to the usual, `metered` without; the off-peak parts go with them.
    `usual_kw` is the usual use per dark hour.
    """

    nights: Sequence[tuple[date, float]]
    unknown: Sequence[tuple[date, float]]
    stretches: Sequence[Stretch]
    adjusted_kwh: float
    adjusted_off_peak_kwh: float
    metered_kwh: float
    n_outages: int
    usual_kw: float


def make_meters(projects: Sequence[ProjectAsset], rows: Mapping[int, Sequence[MeteredDay]]) -> list[Meter | str]:
    """Fit the baselines of a territory's meters, given by asset; where one cannot be, say why.

    How dark it is when lamps are lit is a setting of the territory's photocells: the sun's depression under which the
    baselines are best explained, all meters together (least sum of absolute relative residuals).
    """
    step = max(1, len(projects) // MOST_METERS)
    tried = {
        depression: [make_meter(p, rows.get(p.asset_id, ()), depression) for p in projects[::step]]
        for depression in DEPRESSIONS
    }
    best = min(DEPRESSIONS, key=lambda depression: unexplained(tried[depression]))
    return [make_meter(project, rows.get(project.asset_id, ()), best) for project in projects]


def unexplained(meters: Iterable[Meter | str]) -> float:
    """Give the sum of what baselines leave unexplained."""
    return sum(float(np.abs(meter.model.residuals.values).sum()) for meter in meters if isinstance(meter, Meter))


def make_meter(project: ProjectAsset, rows: Sequence[MeteredDay], depression: float) -> Meter | str:
    """Fit a meter's baseline, or say why it cannot be."""
    if project.longitude is None or project.latitude is None:
        return "the asset has no position: its dark hours are not known"
    place = Place(project.longitude, project.latitude, project.time_zone, depression)
    own = [row for row in rows if project.baseline_from <= row.day < project.baseline_to]
    stretches = join_nights(own, place)
    n_nights = sum(stretch.n_nights for stretch in stretches)
    if n_nights < LEAST_NIGHTS:
        return f"the baseline has {n_nights} metered nights, {LEAST_NIGHTS} are needed"
    if sum(stretch.kwh for stretch in stretches) <= 0:
        return "the baseline's meter counted nothing"
    return Meter(project, place, stretches, fit_nights(stretches))


def is_beyond(model: NightModel, nights: Sequence[tuple[date, float]]) -> bool:
    """Say whether some nights are longer or shorter than any of the baseline."""
    lowest, highest = model.dark_h
    return any(not lowest - BEYOND_H <= hours <= highest + BEYOND_H for _, hours in nights)


def nights_of(project: ProjectAsset, place: Place, period: tuple[date, date]) -> list[tuple[date, float]]:
    """Give the nights of a period (end not included) since the works, with their dark hours."""
    days = days_between(max(period[0], project.started_on), period[1])
    return [(day, dark_hours(day, place)) for day in days]


def measure_use(
    project: ProjectAsset,
    place: Place,
    rows: Sequence[MeteredDay],
    period: tuple[date, date],
    schedules: Sequence[ScheduledHours],
) -> Use | str:
    """Add up the nights of a period (end not included) since the works, or say why nothing can be told."""
    nights = nights_of(project, place, period)
    if not nights:
        return "the period ends before the works began"
    own = [row for row in rows if nights[0][0] <= row.day <= nights[-1][0]]
    stretches = join_nights(own, place)
    if not stretches:
        return "the meter does not account for any night of this period"
    orders = [entry for entry in schedules if entry.asset_id == project.asset_id and is_order(entry)]
    known = {day for stretch in stretches for day in days_of(stretch)}
    return add_up(stretches, nights, [night for night in nights if night[0] not in known], orders)


def add_up(
    stretches: Sequence[Stretch],
    nights: Sequence[tuple[date, float]],
    unknown: Sequence[tuple[date, float]],
    orders: Sequence[ScheduledHours],
) -> Use:
    """Add up the stretches, outages filled up."""
    power = np.array([stretch.kwh / stretch.dark_h for stretch in stretches])
    ordered = np.array([any(holds(order, day) for order in orders for day in days_of(s)) for s in stretches])
    usual = usual_power(stretches, power, ordered)
    is_out = (power < OUTAGE_SHARE * usual) & ~ordered
    dark = np.array([stretch.dark_h for stretch in stretches])
    off_share = sum(s.off_peak_kwh for s in stretches) / max(sum(s.kwh for s in stretches), 1e-9)
    off_peak = [usual[i] * dark[i] * off_share if is_out[i] else s.off_peak_kwh for i, s in enumerate(stretches)]
    return Use(
        nights=nights,
        unknown=unknown,
        stretches=stretches,
        adjusted_kwh=float((np.where(is_out, usual, power) * dark).sum()),
        adjusted_off_peak_kwh=float(sum(off_peak)),
        metered_kwh=float((power * dark).sum()),
        n_outages=int(sum(s.n_nights for s, out in zip(stretches, is_out, strict=True) if out)),
        usual_kw=float(np.median(usual)),
    )


def usual_power(stretches: Sequence[Stretch], power: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Give the median use per dark hour [kW] of the nights around each stretch, those under an order left out."""
    days = np.array([stretch.first.toordinal() for stretch in stretches])
    usual = np.empty(power.size)
    for index, day in enumerate(days):
        near = (np.abs(days - day) <= NEIGHBOUR_NIGHTS) & ~ordered
        usual[index] = np.median(power[near]) if near.any() else power[index]
    return usual


def is_order(entry: ScheduledHours) -> bool:
    """Say whether hours were ordered for a time only."""
    return (
        entry.kind == "switch_off" and entry.valid_to is not None and entry.valid_to - entry.valid_from <= LONGEST_ORDER
    )


def holds(order: ScheduledHours, day: date) -> bool:
    """Say whether an order holds in the night that begins on a day; one for the morning after counts too."""
    return order.valid_from <= day + DAY and (order.valid_to is None or day < order.valid_to)


def days_of(stretch: Stretch) -> Iterable[date]:
    """Give the nights of a stretch."""
    return days_between(stretch.first, stretch.first + stretch.n_nights * DAY)


def days_between(first: date, end: date) -> Iterable[date]:
    """Give the days from the first to the one before the end."""
    return (first + n * DAY for n in range((end - first).days))
