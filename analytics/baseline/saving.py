"""The saving of one meter or of several: counterfactual less use, with an interval; and what it is worth in euros."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import stdtrit

from analytics.baseline.fit import Counterfactual, predict
from analytics.baseline.meter import Meter, Use, days_of
from analytics.baseline.nights import Stretch, dark_hours
from analytics.baseline.noise import Noise
from analytics.period import same_day
from store.baseline import Price, price_on

LEVEL = 0.90
LEAST_SPELLS = 3.0


@dataclass(frozen=True, slots=True)
class Amount:
    """A value with bounds."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Saving:
    """What one meter saved [kW.h].

    `used` is the adjusted use of all nights, `standard_error` that of the counterfactual; nights not known may have
    saved less than the value says by `lost_at_most`, or more by `gained_at_most`.
    """

    counterfactual: Counterfactual
    used_kwh: float
    used_off_peak_kwh: float
    lost_at_most_kwh: float
    gained_at_most_kwh: float

    @property
    def saved_kwh(self) -> float:
        """Counterfactual less use."""
        return self.counterfactual.kwh - self.used_kwh


def save(meter: Meter, use: Use, noise: Noise) -> Saving:
    """Compare a period's use with what the baseline's model says of the same nights."""
    unknown_kwh = predict(meter.model, use.unknown, noise).kwh if use.unknown else 0.0
    return compare(predict(meter.model, use.nights, noise), use, unknown_kwh)


def compare(whole: Counterfactual, use: Use, unknown_kwh: float) -> Saving:
    """Compare a use with what would have been used, of which `unknown_kwh` in nights that are not known."""
    guessed_kwh = min(use.usual_kw * sum(hours for _, hours in use.unknown), unknown_kwh)
    off_share = use.adjusted_off_peak_kwh / max(use.adjusted_kwh, 1e-9)
    return Saving(
        counterfactual=whole,
        used_kwh=use.adjusted_kwh + guessed_kwh,
        used_off_peak_kwh=use.adjusted_off_peak_kwh + guessed_kwh * off_share,
        lost_at_most_kwh=unknown_kwh - guessed_kwh,
        gained_at_most_kwh=guessed_kwh,
    )


def energy_saved(savings: Sequence[Saving], noise: Noise) -> Amount:
    """Add savings up [kW.h], with their 90 % interval and the bounds of nights not known."""
    half = half_width_kwh(savings, noise) + sum(saving.counterfactual.bound_kwh for saving in savings)
    value = sum(saving.saved_kwh for saving in savings)
    return Amount(
        value - half - sum(saving.lost_at_most_kwh for saving in savings),
        value,
        value + half + sum(saving.gained_at_most_kwh for saving in savings),
    )


def saving_ratio(savings: Sequence[Saving], noise: Noise) -> Amount:
    """Give the share of the counterfactual that was saved [1]."""
    half = half_width_kwh(savings, noise) + sum(saving.counterfactual.bound_kwh for saving in savings)
    whole = sum(saving.counterfactual.kwh for saving in savings)
    used = sum(saving.used_kwh for saving in savings)
    most = used + sum(saving.lost_at_most_kwh for saving in savings)
    least = used - sum(saving.gained_at_most_kwh for saving in savings)
    return Amount(1 - most / max(whole - half, 1e-9), 1 - used / whole, 1 - least / (whole + half))


def half_width_kwh(savings: Sequence[Saving], noise: Noise) -> float:
    """Give half the width of the interval of a sum; meters are disturbed together as far as `noise.common` says."""
    errors = np.array([saving.counterfactual.standard_error for saving in savings])
    variance = (1 - noise.common) * float((errors**2).sum()) + noise.common * float(errors.sum()) ** 2
    n_spells = noise.n_spells * errors.size / (1 + (errors.size - 1) * noise.common)  # what their spreads rest on
    quantile = float(stdtrit(max(n_spells, LEAST_SPELLS) - 1, (1 + LEVEL) / 2))
    return quantile * float(np.sqrt(variance))


def cost_saved(savings: Sequence[Saving], price: Price, noise: Noise) -> Amount:
    """Give what the saved energy costs at one price [EUR]; the interval is that of the energy at the mean price."""
    value = sum(
        cost(s.counterfactual.kwh, s.counterfactual.off_peak_kwh, price) - cost(s.used_kwh, s.used_off_peak_kwh, price)
        for s in savings
    )
    whole = sum(saving.counterfactual.kwh for saving in savings)
    mean_price = sum(cost(s.counterfactual.kwh, s.counterfactual.off_peak_kwh, price) for s in savings) / whole
    energy = energy_saved(savings, noise)
    return Amount(
        value - mean_price * (energy.value - energy.low), value, value + mean_price * (energy.high - energy.value)
    )


def cost(kwh: float, off_peak_kwh: float, price: Price) -> float:
    """Price an energy [EUR]."""
    if price.off_peak_price_eur is None:
        return kwh * price.price_eur
    return (kwh - off_peak_kwh) * price.price_eur + off_peak_kwh * price.off_peak_price_eur


@dataclass(frozen=True, slots=True)
class Bills:
    """The bill of the baseline's nights and of now [EUR]; `unknown` of each is guessed and may be 0 or twice that."""

    then_eur: float
    now_eur: float
    unknown_then_eur: float
    unknown_now_eur: float


def bill(meter: Meter, use: Use, prices: Sequence[Price]) -> Bills | str:
    """Price the metered nights of now and the same calendar nights of the baseline, each at its own day's price."""
    then = by_night(meter.before, meter)
    now = by_night(use.stretches, meter)
    off_share = use.adjusted_off_peak_kwh / max(use.adjusted_kwh, 1e-9)
    sums = np.zeros(4)  # then, now, and of each what was guessed
    for night, dark_h in use.nights:
        past = same_day(night, meter.project.baseline_from, meter.project.baseline_to)
        price_now, price_then = price_on(prices, night), price_on(prices, past) if past else None
        if past is None or price_now is None or price_then is None:
            return f"no price or no baseline for the night of {night.isoformat()}"
        guess_then = meter.model.standing_kwh + meter.model.power_kw * dark_h
        guess_now = use.usual_kw * dark_h
        kwh_then, off_then = then.get(past) or (guess_then, guess_then * off_share)
        kwh_now, off_now = now.get(night) or (guess_now, guess_now * off_share)
        costs = np.array([cost(kwh_then, off_then, price_then), cost(kwh_now, off_now, price_now)])
        sums += np.concatenate([costs, costs * [past not in then, night not in now]])
    return Bills(*sums.tolist())


def bill_reduction(bills: Sequence[Bills]) -> Amount:
    """Give by how much the bill fell [EUR]."""
    value = sum(b.then_eur - b.now_eur for b in bills)
    spread = sum(b.unknown_then_eur + b.unknown_now_eur for b in bills)
    return Amount(value - spread, value, value + spread)


def by_night(stretches: Sequence[Stretch], meter: Meter) -> dict[date, tuple[float, float]]:
    """Give energy and its off-peak part of each night [kW.h], stretches shared out by dark hours."""
    shared: dict[date, tuple[float, float]] = {}
    for stretch in stretches:
        for day in days_of(stretch):
            share = dark_hours(day, meter.place) / stretch.dark_h
            shared[day] = (stretch.kwh * share, stretch.off_peak_kwh * share)
    return shared
