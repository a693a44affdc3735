"""A lamp that takes its power back when its gear is hot (thermal derating), while its neighbours do not.

Of the hours of ten nights through which it burns: its power over its usual one, over that of its cabinet's lamps, which
takes out dimming, orders and mains. Heat is the gear's own temperature, or the air's at the territory's weather station
where nobody measures that. It is there when in the hottest quarter of the hours it draws 7 % less than in the cooler
half, four times what its hours otherwise differ by, 5 K apart, and the warmer the less (Spearman's rank correlation of
-0.5 and below). Names follow object 3416 of OMA and uCIFI. A whole street of lamps that derate together stays out of
sight, as dimming would be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import HOUR_S, Flags, Floats, current
from analytics.maintenance.lamps import BURNS_FROM, LEAST_COVERED_S, LEAST_NEIGHBOURS, LEAST_POWER_W
from analytics.sentence import french_number, local_day, local_day_fr, number
from analytics.spread import spread
from store.gauge_hours import GaugeHours, read_gauge_hours
from store.inputs import Connection, Window

REACH = timedelta(days=10)
LEAST_HOURS = 24
COOL, HOT = 0.5, 0.75  # quantiles of temperature
LEAST_FALL, GONE_FALL = 0.07, 0.03
STEADY = 0.5  # of an hour's highest value
LEAST_WARMER_K = 5.0
N_SIGMAS = 4.0
CORRELATED = -0.5


@dataclass(frozen=True, slots=True)
class Inputs:
    """Hours of power and gear temperature of the lamps, and of the air at weather stations."""

    lamps: Sequence[GaugeHours]
    air: Sequence[GaugeHours] = ()


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp's hours on a common grid (n_hours,): power over its usual one and over its neighbours, and heat [Cel]."""

    row: GaugeHours
    ratio: Floats
    heat: Floats
    is_gear: bool


@dataclass(frozen=True, slots=True)
class Derating:
    """By which share of the cool hours' power the hot ones lie below, and how much warmer they are [K].

    `sigma` is what the cool hours differ by, `correlation` that of the ranks of power and heat, `hot_from` [Cel]; hot
    hours of at most `reduced_to` are its doing.
    """

    fall: float
    warmer_k: float
    sigma: float
    correlation: float
    hot_from: float
    reduced_to: float


def read(connection: Connection, window: Window) -> Inputs:
    """Read what is judged."""
    station = Window(window.territory_id, ("weather_station",), window.begins_at, window.ends_at)
    lamps = read_gauge_hours(connection, window, ("active_power", "gear_temperature"))
    return Inputs(lamps, read_gauge_hours(connection, station, ("temperature",)))


def tell(inputs: Inputs, span: Span) -> list[Verdict]:
    """Judge each lamp once a week; `score` is the share of its power that it takes back."""
    families: dict[int, list[Mapping[str, Sequence[GaugeHours]]]] = {}
    for own in by_quantity(inputs.lamps).values():
        power = own.get("active_power", ())
        if power and power[0].parent_id is not None:
            families.setdefault(power[0].parent_id, []).append(own)
    return [
        judge(lamp, part)
        for part in span.parts()
        for family in families.values()
        for lamp in compare(family, inputs.air, part)
    ]


def compare(family: Sequence[Mapping[str, Sequence[GaugeHours]]], air: Sequence[GaugeHours], span: Span) -> list[Lamp]:
    """Lay the lamps of a cabinet on the hours before an instant, and compare each with the middle of the others."""
    powers = [on_grid(own["active_power"], span) for own in family]
    usual = [float(np.nanquantile(one, 0.9)) if np.isfinite(one).any() else 0.0 for one in powers]
    burning = [place for place, watts in enumerate(usual) if watts >= LEAST_POWER_W]
    if len(burning) <= LEAST_NEIGHBOURS:
        return []
    ratios = np.array([np.where(powers[i] >= BURNS_FROM * usual[i], powers[i] / usual[i], np.nan) for i in burning])
    middle = np.full(ratios.shape[1], np.nan)
    enough = np.isfinite(ratios).sum(axis=0) > LEAST_NEIGHBOURS
    middle[enough] = np.nanmedian(ratios[:, enough], axis=0)
    outdoors = on_grid(air, span)
    lamps = []
    for place, ratio in zip(burning, ratios, strict=True):
        gear = on_grid(family[place].get("gear_temperature", ()), span)
        is_gear = bool(np.isfinite(gear).any())
        lamps.append(Lamp(family[place]["active_power"][0], ratio / middle, gear if is_gear else outdoors, is_gear))
    return lamps


def on_grid(series: Sequence[GaugeHours], span: Span) -> Floats:
    """Lay the means of the series that spoke last on the hours of the reach before an instant, NaN where not known."""
    reach_s = REACH.total_seconds()
    values = np.full(int(reach_s // HOUR_S), np.nan)
    row = current(series, span.ends_at, reach_s)
    if row is not None:
        place = ((row.begins_s - (span.ends_at.timestamp() - reach_s)) // HOUR_S).astype(np.int64)
        inside = (place < values.size) & (row.covered_s >= LEAST_COVERED_S) & np.isfinite(row.mean) & is_steady(row)
        values[place[inside]] = row.mean[inside]
    return values


def is_steady(row: GaugeHours) -> Flags:
    """Say in which hours a value did not fall by half: a lamp that cycles says nothing of heat. True for all others."""
    if row.quantity != "active_power":
        return np.ones(row.mean.size, dtype=np.bool_)
    return np.asarray(row.low >= STEADY * row.high)


def derating_of(ratio: Floats, heat: Floats) -> Derating | None:
    """Compare hot hours with cool ones; None where too few are known, or they are as warm."""
    known = np.isfinite(ratio) & np.isfinite(heat)
    if known.sum() < LEAST_HOURS:
        return None
    power, warmth = ratio[known], heat[known]
    middle, hot_from = np.quantile(warmth, (COOL, HOT))
    cool, hot = warmth <= middle, warmth >= hot_from
    level = float(np.median(power[cool]))
    warmer = float(np.median(warmth[hot]) - np.median(warmth[cool]))
    if warmer < LEAST_WARMER_K or not level > 0:
        return None
    drawn = float(np.median(power[hot]))
    reduced_to = max(drawn, (1 - LEAST_FALL) * level)
    sigma, correlation = spread(power[cool]) / level, rank_correlation(power, warmth)
    return Derating(1 - drawn / level, warmer, sigma, correlation, float(hot_from), reduced_to)


def rank_correlation(first: Floats, second: Floats) -> float:
    """Give Spearman's rank correlation, 0 for what does not vary; equal values take ranks as they come."""
    ranks = [np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(float) for values in (first, second)]
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def judge(lamp: Lamp, span: Span) -> Verdict:
    """Look at a lamp's nights."""
    asset_id = lamp.row.asset_id
    found = derating_of(lamp.ratio, lamp.heat)
    if found is None:
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    is_there = found.fall >= max(LEAST_FALL, N_SIGMAS * found.sigma) and found.correlation <= CORRELATED
    if not is_there:
        return Verdict(asset_id, span.ends_at, False if found.fall < GONE_FALL else None, span.begins_at)
    with np.errstate(invalid="ignore"):
        reduced = (lamp.heat >= found.hot_from) & (lamp.ratio <= found.reduced_to)
    first = int(np.flatnonzero(reduced)[0])
    begin_s = span.ends_at.timestamp() - REACH.total_seconds()
    return present(lamp, found, datetime.fromtimestamp(begin_s + first * HOUR_S, UTC), span)


def present(lamp: Lamp, found: Derating, since: datetime, span: Span) -> Verdict:
    """Say that a lamp derates."""
    what_en, what_fr = ("gear", "l'appareillage") if lamp.is_gear else ("air", "l'air")
    less, hot, warmer = (
        f"{100 * found.fall:.0f} %",
        number(round(found.hot_from, 1)),
        number(round(found.warmer_k, 1)),
    )
    return Verdict(
        lamp.row.asset_id,
        span.ends_at,
        True,
        since,
        score=found.fall,
        severity="info",
        sentence_en=(
            f"{lamp.row.name} draws {less} less when the {what_en} is above {hot} °C ({warmer} K warmer) than in cooler"
            f" hours of the same nights, its neighbours do not; since {local_day(since, span.time_zone)}: it protects"
            " itself from heat. To do: clean the luminaire's cooling fins, check that driver and heat sink touch."
        ),
        sentence_fr=(
            f"{lamp.row.name} consomme {less} de moins quand {what_fr} dépasse {french_number(hot)} °C"
            f" ({french_number(warmer)} K plus chaud) qu'aux heures plus fraîches des mêmes nuits, pas ses voisines ;"
            f" depuis le {local_day_fr(since, span.time_zone)} : elle se protège de la chaleur. À faire : nettoyer les"
            " ailettes du luminaire, contrôler le contact entre driver et dissipateur."
        ),
        evidence={
            "fall_share": round(found.fall, 3),
            "warmer_k": round(found.warmer_k, 2),
            "hot_from_cel": round(found.hot_from, 2),
            "rank_correlation": round(found.correlation, 3),
            "measured_on": "gear" if lamp.is_gear else "air",
            "quantity": "active_power",
            "curve_from": (span.ends_at - REACH).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="thermal_derating",
    asset_types=("street_light",),
    rhythm=timedelta(days=7),
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
)
