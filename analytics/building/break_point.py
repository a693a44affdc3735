"""A lasting change that weather does not explain: from a day on the building uses more or less than its model says.

One break in the mean of the relative residuals, its day unknown: the largest Wald statistic over the middle 70 % of the
days, against Andrews' critical value of 1 % for one parameter (Andrews 1993, doi:10.2307/2951764, table I, 15 %
trimmed, 12.35; corrected 2003). The long-run variance is that of an autoregression of order one around both means. A
change that is found is flagged as non-routine (IPMVP): a tenant, a machine, another timetable; what it was a person has
to say.
"""

from dataclasses import dataclass

import numpy as np

from analytics.building.periods import Floats, Integers
from analytics.building.quality import correlation

CRITICAL = 12.35
TRIMMED = 0.15
LEAST_DAYS = 60
LEAST_SHIFT = 0.05  # of use: smaller ones change nothing that anybody would look for
LONGEST_MEMORY = 0.95


@dataclass(frozen=True, slots=True)
class Break:
    """A lasting change: its first day (ordinal), by what share of use, and the statistic."""

    day: int
    shift: float
    statistic: float


def find_break(days: Integers, kwh: Floats, said_kwh: Floats) -> Break | None:
    """Find the most pronounced lasting change of use against what a model says, None where there is none.

    Parameters
    ----------
    days, kwh, said_kwh
        First days, use and what the model says of it, in order of time, shape (n,).
    """
    if days.size < LEAST_DAYS or not said_kwh.mean() > 0:
        return None
    left = (kwh - said_kwh) / float(said_kwh.mean())
    n = left.size
    first = np.arange(int(TRIMMED * n), n - int(TRIMMED * n))  # stretches before the break
    sums = np.cumsum(left)[first - 1]
    shifts = (left.sum() - sums) / (n - first) - sums / first
    gains = shifts**2 * first * (n - first) / n
    at = int(np.argmax(gains))
    around = left - np.where(np.arange(n) < first[at], sums[at] / first[at], shifts[at] + sums[at] / first[at])
    memory = min(correlation(around, days), LONGEST_MEMORY)
    long_run = float(around @ around) / n * (1 + memory) / (1 - memory)
    statistic = float(gains[at]) / max(long_run, 1e-18)
    if statistic < CRITICAL or abs(float(shifts[at])) < LEAST_SHIFT:
        return None
    return Break(int(days[first[at]]), float(shifts[at]), statistic)
