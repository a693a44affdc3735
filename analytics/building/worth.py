"""What the saving of some meters comes to: added up, as a share, and in euros of the bill."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from analytics.building.saving import MeterSaving
from analytics.period import same_day
from store.baseline import Price, price_on

DAY = timedelta(days=1)
COMMON = 0.5  # correlation taken between the disturbances of a building's meters: the same people use them


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with bounds."""

    low: float
    value: float
    high: float


def weigh(savings: Sequence[MeterSaving], weights: Iterable[float]) -> Amount:
    """Add savings up, each kW.h of a meter worth its weight, with their 90 % interval and what is open beside it."""
    pairs = list(zip(savings, weights, strict=True))
    value = sum(weight * one.saved_kwh for one, weight in pairs)
    half = join([weight * one.half_kwh for one, weight in pairs])
    lost = sum(weight * one.lost_kwh for one, weight in pairs)
    gained = sum(weight * one.gained_kwh for one, weight in pairs)
    return Amount(value - half - lost, value, value + half + gained)


def share(savings: Sequence[MeterSaving]) -> Amount:
    """Give the share of what would have been used that was saved [1]."""
    would = sum(one.would_kwh for one in savings)
    used = sum(one.used_kwh for one in savings)
    half = join([one.half_kwh for one in savings])
    most = used + sum(one.lost_kwh for one in savings)
    least = used - sum(one.gained_kwh for one in savings)
    return Amount(1 - most / max(would - half, 1e-9), 1 - used / would, 1 - least / (would + half))


def join(halves: Sequence[float]) -> float:
    """Add half widths up whose errors hang together by COMMON."""
    return sqrt((1 - COMMON) * sum(half**2 for half in halves) + COMMON * sum(halves) ** 2)


def unit_price(price: Price, off_peak_share: float, unit_per_kwh: float) -> float:
    """Give the mean price of a kW.h [EUR], off-peak hours by their share of the use."""
    low = price.price_eur if price.off_peak_price_eur is None else price.off_peak_price_eur
    return ((1 - off_peak_share) * price.price_eur + off_peak_share * low) * unit_per_kwh


@dataclass(frozen=True, slots=True)
class Priced:
    """How a meter's kW.h are priced: tariffs, the share used off-peak, and units of the tariff per kW.h."""

    prices: Sequence[Price]
    off_peak_share: float
    unit_per_kwh: float

    def on(self, day: date) -> float | None:
        """Give the price of a kW.h on a day [EUR], None where no tariff holds."""
        price = price_on(self.prices, day)
        return None if price is None else unit_price(price, self.off_peak_share, self.unit_per_kwh)


@dataclass(frozen=True, slots=True)
class Bill:
    """What the baseline's days cost and what those of the period do [EUR]; `guessed` is of days that nobody metered."""

    then_eur: float
    now_eur: float
    guessed_eur: float


def bill(saving: MeterSaving, priced: Priced, days: Sequence[date], first: date) -> Bill | str:
    """Price a period's days and the same calendar days of the baseline (which begins `first`), each as it was then."""
    then = now = guessed = 0.0
    end = max(saving.before_by_day, default=first) + DAY
    for day in days:
        past = same_day(day, first, end)
        price_now, price_then = priced.on(day), None if past is None else priced.on(past)
        if past is None or price_now is None or price_then is None:
            return f"no price, or no day of the baseline, for {day.isoformat()}"
        kwh_now, kwh_then = saving.by_day.get(day), saving.before_by_day.get(past)
        now += price_now * (mean(saving.by_day) if kwh_now is None else kwh_now)
        then += price_then * (mean(saving.before_by_day) if kwh_then is None else kwh_then)
        guessed += price_now * mean(saving.by_day) if kwh_now is None else 0.0
        guessed += price_then * mean(saving.before_by_day) if kwh_then is None else 0.0
    return Bill(then, now, guessed)


def bill_reduction(bills: Sequence[Bill]) -> Amount:
    """Give by how much the bill fell [EUR]; what was guessed may be nothing, or twice that."""
    value = sum(one.then_eur - one.now_eur for one in bills)
    guessed = sum(one.guessed_eur for one in bills)
    return Amount(value - guessed, value, value + guessed)


def mean(by_day: Mapping[date, float]) -> float:
    """Give the mean of the known days."""
    return sum(by_day.values()) / max(len(by_day), 1)
