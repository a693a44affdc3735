"""A lamp whose control gear has come to run hotter than its neighbours': fouled fins, loose contact, failing driver.

Looked at are the hours in which the lamp told its gear's temperature (it does while it burns), each less the middle of
the lamps of its cabinet that told theirs in that hour, which takes out weather, length of nights, dimming and orders;
of each day the least (a lamp that is not dimmed is hotter in some hours only), less the lamp's own usual, the
twentieth percentile of sixty days, so that what it warmed by for weeks does not become usual.

It is there when the last three days lie 4 K above it, in their middle, each at least half as much, or climb there from
day to day; and four times what the difference otherwise changes by from day to day. Lamps that rise on one day by as
much are those left as they were where others of the cabinet were changed: nothing is said of them. Gone below 2 K;
urgent from 15 K on. Between like parts under like load 4 to 15 K are a probable deficiency, more a major one
(ANSI/NETA MTS, thermographic survey, table 100.18). An electrolytic capacitor lives half as long for each 10 K
(Arrhenius' law, as its makers' data sheets reckon), and drivers take power back above their limit: it comes before
`thermal_derating`. Names follow object 3416 of OMA and uCIFI.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from analytics.grouping import by_asset
from analytics.maintenance import Hint, Level, Span, Verdict
from analytics.maintenance.gauges import DAY_S, Floats, as_told, climbs, current, daily_medians
from analytics.maintenance.lamps import LEAST_NEIGHBOURS
from analytics.sentence import french_number, local_day, local_day_fr, number
from analytics.spread import spread_of_steps
from store.gauge_hours import GaugeHours, read_gauge_hours

REACH = timedelta(days=60)
LEAST_DAYS, N_DAYS = 10, 3
FRESH_S = 3 * DAY_S
USUAL_QUANTILE = 0.2
HOTTER_K, GONE_K, URGENT_K = 4.0, 2.0, 15.0
N_SIGMAS = 4.0
LARGEST_C = 200.0  # beyond, and where it is no number, a sensor is broken


@dataclass(frozen=True, slots=True)
class Gear:
    """A lamp's days [Unix s]: its gear's temperature [Cel], and by how much it is hotter than expected [K].

    `usual_k` is by how much it usually is hotter than its neighbours.
    """

    lamp: GaugeHours
    days_s: Floats
    celsius: Floats
    hotter_k: Floats
    usual_k: float

    @property
    def limit_k(self) -> float:
        """Give what counts as hotter [K]: what matters, and more than it otherwise changes by from day to day."""
        return max(HOTTER_K, N_SIGMAS * spread_of_steps(self.hotter_k))

    @property
    def since_s(self) -> float:
        """Give the first of the last days beyond half of that [Unix s]."""
        usual = np.flatnonzero(self.hotter_k < self.limit_k / 2)
        return float(self.days_s[min(int(usual[-1]) + 1 if usual.size else 0, self.days_s.size - 1)])

    def rose_with(self, other: "Gear") -> bool:
        """Say whether another lamp became hotter at once by as much, within a day."""
        if other is self or min(own.hotter_k[-1] / own.limit_k for own in (self, other)) < 1:
            return False
        is_alike = abs(self.hotter_k[-1] - other.hotter_k[-1]) < GONE_K
        return bool(is_alike and abs(self.since_s - other.since_s) <= DAY_S)


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each lamp at each midnight; `score` is by how much its gear is hotter than usual, in tens of kelvins."""
    families: dict[int, list[list[GaugeHours]]] = {}
    for own in by_asset(rows).values():
        if own[0].parent_id is not None:
            families.setdefault(own[0].parent_id, []).append(own)
    return [verdict for part in span.parts() for family in families.values() for verdict in judge_family(family, part)]


def judge_family(family: Sequence[Sequence[GaugeHours]], span: Span) -> list[Verdict]:
    """Judge the lamps of a cabinet; nothing is said of several that became hotter by as much on the same day."""
    gears = list(compare(family, span))
    verdicts = [judge(own, span) for own in gears]
    return [
        Verdict(verdict.asset_id, span.ends_at, None, span.begins_at)
        if verdict.is_present and any(own.rose_with(other) for other in gears)
        else verdict
        for own, verdict in zip(gears, verdicts, strict=True)
    ]


def compare(family: Sequence[Sequence[GaugeHours]], span: Span) -> Iterator[Gear]:
    """Compare each lamp of a cabinet with the others, hour by hour, on the days before an instant."""
    lamps = [row for series in family if (row := current(series, span.ends_at, REACH.total_seconds())) is not None]
    if len(lamps) <= LEAST_NEIGHBOURS:
        return
    hours_s = np.unique(np.concatenate([lamp.begins_s for lamp in lamps]))
    celsius = np.full((len(lamps), hours_s.size), np.nan)
    for place, lamp in enumerate(lamps):
        told = as_told(lamp)
        is_told = (lamp.n_values > 0) & (np.abs(told) <= LARGEST_C)
        celsius[place, np.searchsorted(hours_s, lamp.begins_s[is_told])] = told[is_told]
    enough = np.isfinite(celsius).sum(axis=0) > LEAST_NEIGHBOURS
    hours_s, celsius = hours_s[enough], celsius[:, enough]
    over = celsius - np.nanmedian(celsius, axis=0)
    for place, lamp in enumerate(lamps):
        known = np.isfinite(over[place])
        if known.any():
            days_s, warm = daily_medians(hours_s[known], celsius[place, known], span.ends_at.timestamp())
            own = np.minimum.reduceat(over[place, known], np.searchsorted(hours_s[known], days_s))
            usual_k = float(np.quantile(own, USUAL_QUANTILE))
            yield Gear(lamp, days_s, warm, own - usual_k, usual_k)


def judge(gear: Gear, span: Span) -> Verdict:
    """Look at a lamp's last days."""
    asset_id = gear.lamp.asset_id
    if gear.days_s.size < LEAST_DAYS or span.ends_at.timestamp() - gear.days_s[-1] > FRESH_S:
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    last, limit = gear.hotter_k[-N_DAYS:], gear.limit_k
    hotter_k = float(np.median(last))
    level = Level(gear.usual_k + hotter_k, gear.usual_k)
    is_hot = hotter_k >= limit and float(last.min()) >= limit / 2
    if not (is_hot or climbs(last, limit)):
        is_gone = float(last.max()) < GONE_K
        return Verdict(asset_id, span.ends_at, False if is_gone else None, span.begins_at, level=level)
    since = datetime.fromtimestamp(gear.since_s, UTC)
    return replace(present(gear, span, since, hotter_k if is_hot else float(last[-1])), level=level)


def present(gear: Gear, span: Span, since: datetime, hotter_k: float) -> Verdict:
    """Say that a lamp's gear runs hot."""
    by, celsius = number(round(hotter_k)), number(round(float(np.median(gear.celsius[-N_DAYS:]))))
    return Verdict(
        gear.lamp.asset_id,
        span.ends_at,
        True,
        since,
        score=hotter_k / 10,
        severity="warning" if hotter_k < URGENT_K else "urgent",
        sentence_en=(
            f"{gear.lamp.name}: its control gear runs {by} K hotter than its neighbours and its own past suggest"
            f" ({celsius} °C), since {local_day(since, span.time_zone)}; it ages faster and will reduce its power."
            " To do: clean the luminaire's cooling fins, check that driver and heat sink touch, before it fails."
        ),
        sentence_fr=(
            f"{gear.lamp.name} : son appareillage chauffe de {french_number(by)} K de plus que ne le laissent prévoir"
            f" ses voisines et son passé ({french_number(celsius)} °C), depuis le"
            f" {local_day_fr(since, span.time_zone)} ; il vieillit plus vite et réduira sa puissance. À faire :"
            " nettoyer les ailettes du luminaire, contrôler le contact entre driver et dissipateur, avant la panne du"
            " driver."
        ),
        evidence={
            "hotter_k": round(hotter_k, 2),
            "hot_from_k": HOTTER_K,
            "quantity": "gear_temperature",
            "curve_from": (since - timedelta(days=30)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="gear_overheating",
    asset_types=("street_light",),
    rhythm="day",
    reach=REACH,
    version="3",
    read=partial(read_gauge_hours, quantities=("gear_temperature",)),
    tell=tell,
    stride=timedelta(days=28),
    open_at=HOTTER_K / 10,
)
