"""A gauge of a machine above its own usual level, at like load: what hints about machines that wear share.

A day is the median of its hours, the usual level a quantile of the days of three months. The CUSUM and the rule are
those of `analytics.rotating.wear`: it has risen above the CUSUM's limit with the last three days all above a multiple
of usual, and is as usual again with all three below another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np

from analytics.maintenance import Level, Span, Verdict
from analytics.maintenance.gauges import current, daily_medians, take
from analytics.rotating.wear import N_STEPS, WORN, add_up, worn_steps
from analytics.sentence import french_number, local_day, local_day_fr, number
from analytics.spread import spread_of_steps
from sensors.quantity import find_quantity
from sensors.unit_sign import sign_of
from store.gauge_hours import GaugeHours

REACH = timedelta(days=90)
LEAST_DAYS = 7
FRESH = timedelta(days=2)
LIKE_LOAD = 0.1
LIKE_SPEED = 0.04  # power goes by the cube of a fan's speed (affinity laws): within this its current changes by 12 %
CLEAN_QUANTILE = 0.2
SOUND = 1.12
RUNS_FROM, RUNNING_QUANTILE = 0.2, 0.9  # a machine at rest tells less than a fifth of what it tells while it runs
Machine = Mapping[str, Sequence[GaugeHours]]


class Rule(NamedTuple):
    """Multiples of the usual level from which it has risen and below which it has not, and the quantile of its days
    that is usual."""

    risen: float = WORN
    sound: float = SOUND
    usual: float = CLEAN_QUANTILE


OF_VIBRATION = Rule()


class Rise(NamedTuple):
    """A level, usual and in the last days; whether it has risen (None: neither that nor as usual), and since when."""

    usual: float
    now: float
    is_risen: bool | None
    since: datetime

    def level(self) -> Level:
        """Give what it is now beside what is usual."""
        return Level(self.now, self.usual)


Look = Callable[[Machine, datetime], tuple[GaugeHours, Rise | None] | None]
Say = Callable[[GaugeHours, Span, Rise], Verdict]


class Words(NamedTuple):
    """What is measured, under which condition ("at like speed"), and what is to be done, in English and French."""

    what_en: str
    what_fr: str
    like_en: str
    like_fr: str
    do_en: str
    do_fr: str


def machines(rows: Iterable[GaugeHours]) -> dict[tuple[int, str], dict[str, list[GaugeHours]]]:
    """Give the rows of each machine, told apart by asset and channel, by their quantity."""
    found: dict[tuple[int, str], dict[str, list[GaugeHours]]] = {}
    for row in rows:
        found.setdefault((row.asset_id, row.channel), {}).setdefault(row.quantity, []).append(row)
    return found


def latest(own: Machine, quantity: str, at: datetime) -> GaugeHours | None:
    """Give the series of a quantity that spoke last, cut to the three months before an instant."""
    return current(own.get(quantity, ()), at, REACH.total_seconds())


def at_like_load(gauge: GaugeHours, load: GaugeHours, within: float = LIKE_LOAD) -> GaugeHours:
    """Keep the hours in which a machine turned (or pumped) as much as it usually does, within a share of that."""
    _, own, other = np.intersect1d(gauge.begins_s, load.begins_s, return_indices=True)
    turning = np.where(np.isfinite(load.mean[other]), load.mean[other], 0.0)
    usual = float(np.median(turning[turning > 0])) if (turning > 0).any() else 0.0
    is_like = np.abs(turning - usual) <= within * usual
    mask = np.zeros(gauge.begins_s.size, dtype=np.bool_)
    mask[own[is_like]] = True
    return take(gauge, mask)


def while_running(gauge: GaugeHours) -> GaugeHours:
    """Take the highest value of each hour, of the hours in which a machine ran, by that value itself."""
    finite = np.where(np.isfinite(gauge.high), gauge.high, 0.0)
    from_level = RUNS_FROM * float(np.quantile(finite, RUNNING_QUANTILE)) if finite.size else 0.0
    return take(replace(gauge, mean=finite), (gauge.n_values > 0) & (finite > from_level))


def follow(hours: GaugeHours, at: datetime, rule: Rule = OF_VIBRATION) -> Rise | None:
    """Compare the last days of a gauge with its usual ones; None where too few are known, or none of late."""
    known = np.isfinite(hours.mean)
    days_s, days = daily_medians(hours.begins_s[known], hours.mean[known], at.timestamp())
    if days.size < LEAST_DAYS or at.timestamp() - days_s[-1] > FRESH.total_seconds():
        return None
    usual = max(float(np.quantile(days, rule.usual)), 1e-6)
    logs = np.log(np.maximum(days, 1e-6) / usual)
    sigma, last = spread_of_steps(logs), days[-N_STEPS:]
    is_risen = bool(worn_steps(logs, sigma, rule.risen)[-1])
    zeros = np.flatnonzero(add_up(logs, sigma) == 0)
    first = min(int(zeros[-1]) + 1, days.size - 1) if zeros.size else 0
    since = datetime.fromtimestamp(float(days_s[first]), UTC)
    is_sound = bool(last.max() < rule.sound * usual)
    return Rise(usual, float(np.median(last)), True if is_risen else (False if is_sound else None), since)


def tell_rises(rows: Iterable[GaugeHours], span: Span, look: Look, say: Say) -> list[Verdict]:
    """Judge each asset at each end by that of its machines which is worst; one that `look` knows nothing of is not."""
    by_asset: dict[int, list[Machine]] = {}
    for (asset_id, _), own in machines(rows).items():
        by_asset.setdefault(asset_id, []).append(own)
    told = []
    for part in span.parts():
        for each in by_asset.values():
            found = [one for own in each if (one := look(own, part.ends_at)) is not None]
            told += [worst_of(found, part, say)] if found else []
    return told


def worst_of(found: Sequence[tuple[GaugeHours, Rise | None]], span: Span, say: Say) -> Verdict:
    """Say what has risen most; where nothing has, whether all is as usual or (None) not known of one.

    The level is the mean of all: one finding is about all machines of an asset.
    """
    known = np.array([(rise.now, rise.usual) for _, rise in found if rise is not None])
    level = Level(*known.mean(axis=0).tolist()) if known.size else None
    risen = [say(hours, span, rise) for hours, rise in found if rise is not None and rise.is_risen]
    if risen:
        return replace(max(risen, key=lambda verdict: verdict.score), level=level)
    is_sound = all(rise is not None and rise.is_risen is False for _, rise in found)
    return Verdict(found[0][0].asset_id, span.ends_at, False if is_sound else None, span.begins_at, level=level)


def present(hours: GaugeHours, span: Span, rise: Rise, words: Words) -> Verdict:
    """Say that a level has risen."""
    known = find_quantity(hours.quantity)
    unit = sign_of("" if known is None else known.unit)
    now, usual, times = (number(round(value, 2)) for value in (rise.now, rise.usual, rise.now / rise.usual))
    return Verdict(
        hours.asset_id,
        span.ends_at,
        True,
        rise.since,
        score=rise.now / rise.usual - 1,
        sentence_en=(
            f"{hours.name}: {words.what_en} is {now} {unit}, {times} times its usual {usual} {unit}{words.like_en},"
            f" rising since {local_day(rise.since, span.time_zone)}. To do: {words.do_en}."
        ),
        sentence_fr=(
            f"{hours.name} : {words.what_fr} est de {french_number(now)} {unit}, soit {french_number(times)} fois les"
            f" {french_number(usual)} {unit} habituels{words.like_fr}, en hausse depuis le"
            f" {local_day_fr(rise.since, span.time_zone)}. À faire : {words.do_fr}."
        ),
        evidence={
            "now": round(rise.now, 3),
            "usual": round(rise.usual, 3),
            "quantity": hours.quantity,
            "channel": hours.channel,
            "curve_from": (rise.since - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )
