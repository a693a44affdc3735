"""Probability of failure out of a type's rate or curve and what findings say, as competing hazards; pure arrays.

For an asset, F(t) = 1 - S(t) (1 - F1(t)) (1 - F2(t)) ...: it lives on if neither age or chance (S) nor any of its
incidents ends it. An incident may have several findings, which tell of one and the same trouble: the most alarming
counts. A finding that is right with probability p, of a failure that comes after a median of L days, gives
p (1 - 2^(-t/L)): without memory, so that one which stays open keeps its probability; p at once where L is 0. All of
these grow with t, so F does. Incidents are taken as independent of one another: where they are not, F is too high.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]

HORIZONS = (7.0, 30.0, 90.0)
LONGEST_D = 36_525.0  # a hundred years: what lasts longer is told as this
TIMES = np.unique(np.concatenate([HORIZONS, np.geomspace(0.25, LONGEST_D, 160)]))
SHARES = (0.05, 0.5, 0.95)  # the interval of 90 % and the middle of the time left
SUREST = 0.99  # no finding is surer


@dataclass(frozen=True, slots=True)
class Signals:
    """Findings (n_signals): their asset and incident as indexes, precision and lead [d]; all of one incident and asset
    share a `group`, numbered from 0."""

    asset: Indexes
    group: Indexes
    precision: Floats
    lead_d: Floats

    def where(self, is_kept: NDArray[np.bool_]) -> "Signals":
        """Keep some findings; groups keep their numbers."""
        return Signals(self.asset[is_kept], self.group[is_kept], self.precision[is_kept], self.lead_d[is_kept])


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of assets: probability of having failed within 7, 30 and 90 days (n_assets, 3), and of having failed already;
    days left (n_assets, 3) until 5, 50 and 95 % of their like have failed, NaN where that is never so."""

    within: Floats
    is_now: Floats
    left: Floats


def look_ahead(survival: Floats, signals: Signals, course: Floats | None = None) -> Outlook:
    """Compose what is known of each asset.

    Parameters
    ----------
    survival
        Share of assets of its kind and age that live on for `TIMES` (n_assets, n_times); 1 where nothing is known.
    course
        The same by what each asset says on its way. It and the findings tell of the same trouble: the worse counts.
    """
    through = lives_through(len(survival), signals, TIMES)
    lives = survival * (through if course is None else np.minimum(through, course))
    within = 1 - lives[:, np.searchsorted(TIMES, HORIZONS)]
    is_now = 1 - lives_through(len(survival), signals.where(signals.lead_d == 0), np.zeros(1))[:, 0]
    return Outlook(np.maximum.accumulate(np.clip(within, 0.0, 1.0), axis=1), is_now, times_left(1 - lives))


def lives_through(n_assets: int, signals: Signals, times: Floats) -> Floats:
    """Give the probability that none of the incidents of an asset ends it within each time (n_assets, n_times)."""
    lives = np.ones((n_assets, len(times)))
    if not len(signals.asset):
        return lives
    n_groups = int(signals.group.max()) + 1
    worst = np.zeros((n_groups, len(times)))
    np.maximum.at(worst, signals.group, fails_within(signals, times))
    owner = np.zeros(n_groups, dtype=np.intp)
    owner[signals.group] = signals.asset
    np.multiply.at(lives, owner, 1 - worst)
    return lives


def fails_within(signals: Signals, times: Floats) -> Floats:
    """Give the probability that what a finding tells of has ended its asset within each time (n_signals, n_times)."""
    precision = np.clip(signals.precision, 0.0, SUREST)[:, None]
    lead = signals.lead_d[:, None]
    grown = -np.expm1(-np.log(2) * times[None, :] / np.maximum(lead, 1e-9))
    return np.asarray(precision * np.where(lead == 0, 1.0, grown), dtype=np.float64)


def times_left(failed: Floats) -> Floats:
    """Give the days until these shares have failed (n_assets, 3): between two times in proportion."""
    left = np.full((len(failed), len(SHARES)), np.nan)
    for column, share in enumerate(SHARES):
        after = np.argmax(failed >= share, axis=1)
        is_met = failed[:, -1] >= share
        before = np.maximum(after - 1, 0)
        rows = np.arange(len(failed))
        low, high = np.where(after > 0, failed[rows, before], 0.0), failed[rows, after]
        begin, end = np.where(after > 0, TIMES[before], 0.0), TIMES[after]
        part = np.clip((share - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
        left[:, column] = np.where(is_met, np.where(failed[:, 0] >= share, 0.0, begin + part * (end - begin)), np.nan)
    return left


def survival_by_rate(failures_per_year: Floats) -> Floats:
    """Give the share that lives on for `TIMES`, failing at constant rates [1/a] (n_assets, n_times)."""
    return np.asarray(np.exp(-failures_per_year[:, None] * TIMES[None, :] / 365.25), dtype=np.float64)


def expected_loss(within_30: Floats, consequence_eur: Floats) -> Floats:
    """Give what is to be lost in the next 30 days if nothing is done [EUR]: what the list is ranked by."""
    return np.asarray(within_30 * consequence_eur, dtype=np.float64)


def waiting_cost(outlook_7: Floats, is_now: Floats, consequence_eur: Floats, failed_day_eur: Floats) -> Floats:
    """Give what one more day of waiting costs [EUR/d]: a day's share of the next week's failures that have yet to
    come, and the day itself where it has failed."""
    to_come = np.maximum(outlook_7 - is_now, 0.0)
    return np.asarray(to_come / 7 * consequence_eur + is_now * failed_day_eur, dtype=np.float64)
