"""Payback and net present value of a yearly saving (discounted cash flow; ISO 15686-5:2017, EN 17463:2021).

S: saving of the first year [EUR] at today's prices, less upkeep; g: growth of prices and r: discount rate, per year
[1]; C: what was paid at the beginning [EUR]. Year t brings S (1 + g)^(t - 1) at its end, divided by (1 + r)^t; so many
years n are worth S / (1 + r) * (1 - q^n) / (1 - q) with q = (1 + g) / (1 + r). Between two years the same formula
interpolates. Upkeep grows with prices as the saving does.
"""

from dataclasses import dataclass
from math import expm1, inf, log1p

from analytics.baseline.saving import Amount


@dataclass(frozen=True, slots=True)
class Payback:
    """Years until what was paid has come back; `high` None: open, for at the least saving it never does."""

    low: float
    value: float
    high: float | None


def present_value(saving_eur: float, years: float, discount_rate: float, price_growth: float) -> float:
    """Give what the savings of these years are worth today [EUR]."""
    log_q = log1p(price_growth) - log1p(discount_rate)  # so rates near each other cost no digits
    n_discounted = expm1(years * log_q) / expm1(log_q) if log_q else years
    return saving_eur / (1 + discount_rate) * n_discounted


def net_present_value(paid_eur: float, saving: Amount, years: float, rates: tuple[float, float]) -> Amount:
    """Give the present value of the savings less what was paid [EUR], for rates (discount, price growth)."""
    low, value, high = (present_value(one, years, *rates) - paid_eur for one in (saving.low, saving.value, saving.high))
    return Amount(low, value, high)


def payback(paid_eur: float, saving: Amount, rates: tuple[float, float] = (0.0, 0.0)) -> Payback | None:
    """Give the years until the savings are worth what was paid; None where they never are at the likeliest saving.

    Without rates it is the simple payback.
    """
    low, value, high = (years_to_pay(paid_eur, one, *rates) for one in (saving.high, saving.value, saving.low))
    return None if value == inf else Payback(low, value, None if high == inf else high)


def years_to_pay(paid_eur: float, saving_eur: float, discount_rate: float, price_growth: float) -> float:
    """Give the years until savings are worth what was paid; 0 where nothing was paid, infinite where never."""
    if paid_eur <= 0:
        return 0.0
    if saving_eur <= 0:
        return inf
    log_q = log1p(price_growth) - log1p(discount_rate)
    n_discounted = paid_eur * (1 + discount_rate) / saving_eur
    if not log_q:
        return n_discounted
    gone = n_discounted * expm1(log_q)
    return log1p(gone) / log_q if gone > -1 else inf
