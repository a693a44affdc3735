"""What rounds that were not driven would have taken: kilometres, hours, euros, fuel, emissions.

Rounds avoided times what a round of their plan takes, as the territory entered it. Where no distance is entered but the
tonnes of a round are, residual waste is taken to need 12.2 km a tonne (7.2 in dense, 19.6 in rural places: survey of
collection in France by ADEME, 2007): the figure then says that it rests on this assumption. Every range is kept: the
low end takes the fewest rounds at the least of each, the high end the most at the most; the value lies in the middle of
what was entered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from store.collection import PlanAmounts

KM_PER_TONNE = (7.2, 12.2, 19.6)
RESIDUAL = frozenset({"residual", "omr", "ordures ménagères résiduelles"})  # the survey knows of no other stream
Bounds = tuple[float, float, float]  # low, value, high


@dataclass(frozen=True, slots=True)
class Avoided:
    """Rounds avoided of one plan: those that surely were (low, the value told too), and those that may have been."""

    plan: PlanAmounts
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An amount saved, or why it is not known; `assumptions` are what it rests on beside what was entered."""

    bounds: Bounds | None
    missing: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = field(default=())


def distance_of(plan: PlanAmounts) -> tuple[Bounds | None, bool]:
    """Give the kilometres of a round, and whether they are an assumption."""
    if plan.distance_low_km is not None and plan.distance_high_km is not None:
        return spread(plan.distance_low_km, plan.distance_high_km), False
    if plan.tonnage_t is not None and plan.waste_stream.lower() in RESIDUAL:
        low, value, high = (plan.tonnage_t * km for km in KM_PER_TONNE)
        return (low, value, high), True
    return None, False


def duration_of(plan: PlanAmounts) -> tuple[Bounds | None, bool]:
    """Give the hours of a round."""
    return spread(plan.duration_low_h, plan.duration_high_h), False


def cost_of(plan: PlanAmounts) -> tuple[Bounds | None, bool]:
    """Give the euros of a round."""
    return spread(plan.cost_low_eur, plan.cost_high_eur), False


def spread(low: float | None, high: float | None) -> Bounds | None:
    """Give a range with its middle."""
    return None if low is None or high is None else (low, (low + high) / 2, high)


def add_up(avoided: Sequence[Avoided], each: Sequence[tuple[Bounds | None, bool]]) -> Taken:
    """Add up what the rounds of all plans would have taken; `each` is what one takes, and whether that is assumed.

    A plan without an amount matters only where rounds of it were, or may have been, avoided or added.
    """
    pairs = [(one, amount) for one, amount in zip(avoided, each, strict=True) if one.low or one.high]
    missing = tuple(f"{one.plan.sector} ({one.plan.waste_stream})" for one, (amount, _) in pairs if amount is None)
    if missing:
        return Taken(None, missing)
    low = value = high = 0.0
    for one, (amount, _) in pairs:
        least, middle, most = amount or (0.0, 0.0, 0.0)
        low += one.low * (least if one.low >= 0 else most)
        value += one.low * middle
        high += one.high * (most if one.high >= 0 else least)
    assumed = tuple(f"{one.plan.sector} ({one.plan.waste_stream})" for one, (_, is_assumed) in pairs if is_assumed)
    return Taken((low, value, high), (), assumed)


def times(bounds: Bounds, factor: Bounds) -> Bounds:
    """Multiply two ranges; that of the factor is not negative."""
    low, value, high = bounds
    return (
        low * (factor[0] if low >= 0 else factor[2]),
        value * factor[1],
        high * (factor[2] if high >= 0 else factor[0]),
    )
