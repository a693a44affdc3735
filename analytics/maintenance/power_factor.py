"""Lamps by their power factor and power: shared by the hints `driver_ageing` and `power_factor_low`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Level, Span, Verdict
from analytics.maintenance.gauges import Floats, current, quantiles
from analytics.maintenance.lamps import LEAST_POWER_W
from store.gauge_hours import GaugeHours, read_gauge_days

REACH = timedelta(days=90)
LEAST_DAYS, N_DAYS = 7, 3
FRESH_S = 3 * 86_400.0
LEAST_NEIGHBOURS = 3
GOOD_QUANTILE = 0.9
LEAST_FACTOR = 0.05  # below it a lamp was not burning that day
FALLEN, SOUND = 0.8, 0.92  # of what is expected
SAME_POWER = 0.05

read = partial(read_gauge_days, quantities=("power_factor", "active_power"))


@dataclass(frozen=True, slots=True)
class Family:
    """The lamps of a cabinet and their civil days [Unix s]: (n_lamps, n_days), NaN where a lamp did not burn."""

    lamps: Sequence[GaugeHours]
    days_s: Floats
    factor: Floats
    power: Floats


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp's days on which it burned: power factor, and both against its own past and its neighbours."""

    lamp: GaugeHours
    days_s: Floats
    factor: Floats
    factor_ratio: Floats
    power_ratio: Floats

    def level(self) -> Level:
        """Give the power factor of the last days, and what is expected of it."""
        now, ratio = (float(np.median(days[-N_DAYS:])) for days in (self.factor, self.factor_ratio))
        return Level(now, now / ratio)

    def is_known(self, at: datetime) -> bool:
        """Say whether it has burned often enough, and of late."""
        return self.days_s.size >= LEAST_DAYS and at.timestamp() - self.days_s[-1] <= FRESH_S


def judge_lamps(rows: Sequence[GaugeHours], span: Span, judge: Callable[[Lamp, Span], Verdict]) -> list[Verdict]:
    """Judge each lamp at each midnight."""
    families = families_of(rows, span)
    return [judge(lamp, part) for part in span.parts() for family in families for lamp in compare(family, part)]


def families_of(rows: Sequence[GaugeHours], span: Span) -> list[Family]:
    """Gather the lamps that measure both, by their cabinets."""
    pairs: dict[int, list[tuple[GaugeHours, GaugeHours]]] = {}
    reach_s = (span.ends_at - span.begins_at + REACH).total_seconds()
    for own in by_quantity(rows).values():
        factor, power = (current(own.get(name, ()), span.ends_at, reach_s) for name in ("power_factor", "active_power"))
        if factor is not None and power is not None and factor.parent_id is not None:
            pairs.setdefault(factor.parent_id, []).append((factor, power))
    return [gather(own) for own in pairs.values()]


def gather(pairs: Sequence[tuple[GaugeHours, GaugeHours]]) -> Family:
    """Lay the highest power factor and power of each lamp's days on common days."""
    days_s = np.unique(np.concatenate([factor.begins_s for factor, _ in pairs]))
    factors, powers = (np.full((len(pairs), days_s.size), np.nan) for _ in range(2))
    for place, (factor, power) in enumerate(pairs):
        factors[place, np.searchsorted(days_s, factor.begins_s)] = factor.high
        inside = np.isin(power.begins_s, days_s)
        powers[place, np.searchsorted(days_s, power.begins_s[inside])] = power.high[inside]
    burned = (powers >= LEAST_POWER_W) & (factors >= LEAST_FACTOR)
    return Family(
        [factor for factor, _ in pairs], days_s, np.where(burned, factors, np.nan), np.where(burned, powers, np.nan)
    )


def compare(family: Family, span: Span) -> Iterator[Lamp]:
    """Compare the lamps with their own good days and then with one another, as far as days were over at an instant."""
    first, end = np.searchsorted(family.days_s, ((span.ends_at - REACH).timestamp(), span.ends_at.timestamp()))
    factors, powers = family.factor[:, first:end], family.power[:, first:end]
    enough = np.isfinite(factors).sum(axis=1) >= LEAST_DAYS
    factors, powers, days_s = factors[enough], powers[enough], family.days_s[first:end]
    common = np.isfinite(factors).sum(axis=0) > LEAST_NEIGHBOURS
    if not factors.size or not common.any():
        return
    factor_ratio = factors[:, common] / quantiles(factors, GOOD_QUANTILE)[:, None]
    power_ratio = powers[:, common] / quantiles(powers, 1 - GOOD_QUANTILE)[:, None]
    company = np.minimum(quantiles(factor_ratio.T, 0.5), 1.0)  # new lamps beside an old one do not make it worse
    factor_ratio, power_ratio = factor_ratio / company, power_ratio / quantiles(power_ratio.T, 0.5)
    for place, index in enumerate(np.flatnonzero(enough).tolist()):
        known = np.isfinite(factor_ratio[place])
        yield Lamp(
            family.lamps[index],
            days_s[common][known],
            factors[place, common][known],
            factor_ratio[place, known],
            power_ratio[place, known],
        )


def evidence_of(now: float, left: float, power_ratio: float, since: datetime, span: Span) -> dict[str, Any]:
    """Give the numbers behind a power factor that lies at `left` of what is expected, and what to draw."""
    return {
        "power_factor": round(now, 3),
        "expected_power_factor": round(now / left, 3),
        "power_factor_ratio": round(left, 3),
        "power_ratio": round(power_ratio, 3),
        "quantity": "power_factor",
        "curve_from": (since - timedelta(days=30)).isoformat(),
        "curve_to": span.ends_at.isoformat(),
    }


def first_fallen(factor_ratio: Floats, power_ratio: Floats) -> int | None:
    """Give the first of the last days with a fallen power factor, (n_days,) each; None where it did not fall at once.

    Both are ratios to what is expected. There must be a sound day right before.
    """
    is_fallen = (factor_ratio <= FALLEN) & (np.abs(power_ratio - 1) <= SAME_POWER)
    before = np.flatnonzero(~is_fallen)
    if not before.size or is_fallen.size - int(before[-1]) - 1 < N_DAYS:
        return None
    last = int(before[-1])
    return last + 1 if factor_ratio[last] >= SOUND else None
