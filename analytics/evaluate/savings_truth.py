"""Meters whose saving is known because it was drawn: two years of weather, a building, disturbances, and works between.

Every year's disturbances are part of the truth: what would have been used in the second year is disturbed as that year
was, so an interval covers only if it reckons with them.
"""

from dataclasses import dataclass

import numpy as np

from analytics.building.periods import Floats, Integers, Periods, is_rest_day, single_days

FIRST_DAY = 738_000  # an ordinal in 2021
YEAR = 365


@dataclass(frozen=True, slots=True)
class DrawnMeter:
    """Days before and after the works, and what would truly have been used on each day after [kW.h], shape (365,)."""

    before: Periods
    after: Periods
    would_have_been: Floats

    def part(self, first: int, end: int) -> tuple[Periods, float]:
        """Give some days after the works, and the share that was truly saved in them."""
        after = self.after
        days = single_days(after.days[first:end], after.kwh[first:end], after.temperature[first:end])
        return days, 1 - float(days.kwh.sum()) / float(self.would_have_been[first:end].sum())


def draw_meter(draws: np.random.Generator) -> DrawnMeter:
    """Draw one meter: heating, cooling, both or neither, week-ends, and 5 to 25 % of disturbance."""
    days = FIRST_DAY + np.arange(2 * YEAR, dtype=np.int64)
    temperature = draw_weather(draws, days)
    parts = draw_parts(draws, days, temperature)
    disturbed = 1 + draws.uniform(0.05, 0.25) * draw_disturbance(draws, days.size)
    disturbed = np.maximum(disturbed, 0.1)
    saved = draws.uniform(0, 0.3), draws.uniform(0, 0.4), draws.uniform(0, 0.4)
    expected = sum(parts)
    after = sum((1 - share) * part for share, part in zip(saved, parts, strict=True))
    first, second = slice(0, YEAR), slice(YEAR, None)
    return DrawnMeter(
        before=single_days(days[first], (expected * disturbed)[first], temperature[first]),
        after=single_days(days[second], (after * disturbed)[second], temperature[second]),
        would_have_been=(expected * disturbed)[second],
    )


def draw_weather(draws: np.random.Generator, days: Integers) -> Floats:
    """Draw daily means of a temperate climate [°C]."""
    season = draws.uniform(9, 14) - draws.uniform(7, 11) * np.cos(2 * np.pi * (days % 365.25 - 16) / 365.25)
    drawn: Floats = season + 3.5 * autoregression(draws, days.size, 0.8)
    return drawn


def draw_parts(draws: np.random.Generator, days: Integers, temperature: Floats) -> tuple[Floats, Floats, Floats]:
    """Draw base with week-ends, heating and cooling of each day [kW.h]."""
    base = draws.uniform(50, 400)
    rest = draws.choice([0.0, draws.uniform(-0.6, 0.2)])
    heated, cooled = draws.random() < 0.75, draws.random() < 0.35
    below = draws.uniform(13, 18)
    heating = heated * base * draws.uniform(0.1, 0.5) * np.maximum(0.0, below - temperature)
    cooling = cooled * base * draws.uniform(0.05, 0.25) * np.maximum(0.0, temperature - draws.uniform(below, 22))
    return base * (1 + rest * is_rest_day(days)), heating, cooling


def draw_disturbance(draws: np.random.Generator, n: int) -> Floats:
    """Draw disturbances of spread 1: part of one day, part of some days, part of weeks and months."""
    shares = draws.dirichlet([2.0, 1.0, 1.0])
    fast, slow = draws.uniform(0.3, 0.8), draws.uniform(0.9, 0.985)
    parts = (draws.normal(size=n), autoregression(draws, n, fast), autoregression(draws, n, slow))
    disturbance: Floats = np.sqrt(shares[0]) * parts[0] + np.sqrt(shares[1]) * parts[1] + np.sqrt(shares[2]) * parts[2]
    return disturbance


def autoregression(draws: np.random.Generator, n: int, memory: float) -> Floats:
    """Draw a process of variance 1 that keeps a share of yesterday."""
    shocks = draws.normal(size=n) * np.sqrt(1 - memory**2)
    values = np.empty(n)
    level = float(draws.normal())
    for index in range(n):
        level = memory * level + shocks[index]
        values[index] = level
    return values
