"""How much of a component's life is used, by counts against the limit its maker states, and when it is used up.

Use is counted from the last overhaul (or installation). Where counting began later, the days before are taken at the
usual pace, and the share that is such a guess is said. When the limit is met follows from the pace of the last
weeks: sums of weeks are drawn on as their mean and spread say (a random walk with drift meets a limit at a time whose
standard deviation is sigma sqrt(n) / mean; Whitmore 1979, Inverse Gaussian first passage), plus a quarter of doubt
about what the pace will be.
"""

from dataclasses import dataclass

import numpy as np

from analytics.rotating.wear import Floats
from analytics.spread import NORMAL_90

DAY_S, WEEK = 86_400.0, 7
LEAST_DAYS = 28
PACE_DAYS = 91
PACE_DOUBT = 0.25


@dataclass(frozen=True, slots=True)
class Use:
    """Counted since the overhaul, share of it that is guessed, daily pace, days to the limit: likely, 5 and 95 %."""

    counted: float
    guessed_share: float
    pace: float
    days_left: float
    days_early: float
    days_late: float


def use_of(begins_s: Floats, increases: Floats, since_s: float, until_s: float, limit: float) -> Use | None:
    """Say how much of a limit is used; None below four weeks of counts or where nothing turns.

    Until four weeks after the overhaul the pace is that of the weeks before it.

    Parameters
    ----------
    begins_s, increases
        Days [Unix s] and what was counted on each, shape (n,), in order of time.
    since_s, until_s
        The last overhaul, and now [Unix s].
    limit
        Counts from one overhaul to the next, above 0.
    """
    is_since, is_known = begins_s >= since_s - DAY_S, begins_s < until_s
    counts = increases[is_since & is_known]
    is_paced = is_known & (begins_s >= until_s - PACE_DAYS * DAY_S)
    recent = increases[is_paced & is_since] if counts.size >= LEAST_DAYS else increases[is_paced]
    if recent.size < LEAST_DAYS or recent.sum() <= 0:
        return None
    usual = float(counts.mean() if counts.size >= LEAST_DAYS else recent.mean())
    guessed = max(0.0, (until_s - since_s) / DAY_S - counts.size) * usual
    counted, pace = float(counts.sum()) + guessed, float(recent.mean())
    weeks = recent[: recent.size // WEEK * WEEK].reshape(-1, WEEK).sum(axis=1)
    left = max(0.0, limit - counted) / pace
    doubt = float(np.hypot(weeks.std(ddof=1) * np.sqrt(max(left / WEEK, 1e-9)) / pace, PACE_DOUBT * left))
    share = guessed / counted if counted else 0.0
    return Use(counted, share, pace, left, max(0.0, left - NORMAL_90 * doubt), left + NORMAL_90 * doubt)
