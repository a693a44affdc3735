"""Bays whose sensor cannot be believed: stuck, chattering, drifted, each against its own rhythm and its street.

- *Stuck*: no change for days in which, by its own rhythm and by how busy its zone was on those days, `EXPECTED` changes
  should have come. Cars come and go in pairs of changes, so that for a Poisson stream of stays (M. Caliskan et al.,
  Predicting parking lot occupancy in vehicular ad hoc networks, VTC 2007, take the same) none in so many has a chance
  of exp(-12). The days at both ends belong to it, for it began and ended within them. One car that really stood there
  so long is taken for a stuck sensor: nothing but the bay itself could tell.
- *Chattering*: more than six times as many changes as expected, and more than one in a quarter of an hour.
- *Drifted*: in the last week of known days the bay was occupied by 40 points of time more, or less, than its zone and
  its own past difference from it say, and by six times its own scatter, away from its zone: where most of the shift
  leads back to it, a sensor that had drifted was calibrated.

What is found is a judgement on days as a whole, from four weeks before the period on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from analytics.spread import MAD_TO_SIGMA
from store.parking import BayDays

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

EXPECTED = 24.0
LEAST_RUN = 2  # days; a single day without a change is a Sunday
CHATTER, CHATTER_LEAST = 6.0, 96.0
DRIFT_SHARE, DRIFT_SIGMA, WEEK = 0.4, 6.0, 7
KNOWN_S = 43_200.0  # of a day, for it to tell anything
LEAST_BAYS = 5  # of a zone, for it to tell how busy a day was


@dataclass(frozen=True, slots=True)
class Faulty:
    """A bay that cannot be believed on days `first` to `last`, both included, counted as its days are."""

    asset_id: int
    series_id: int
    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Days:
    """Bays by days: whether known, changes, share of time occupied (NaN where not known), zone of each bay."""

    is_known: Mask
    changes: Floats
    share: Floats
    zone: NDArray[np.int64]


def find_faulty(bays: Sequence[BayDays]) -> list[Faulty]:
    """Find the bays and days that cannot be believed, in the order of the bays."""
    if not bays or not any(bay.days for bay in bays):
        return []
    days = lay_out(bays)
    rate, busy = rhythm(days)
    expected = np.where(days.is_known, rate[:, None] * busy, 0.0)
    stuck, drifted = find_stuck(days, expected), find_drift(days)
    drifted &= ~(stuck & drifted).any(axis=1, keepdims=True)  # one that is stuck stands apart from its zone as well
    found = {"stuck": stuck, "chattering": find_chatter(days, expected), "drifted": drifted}
    return [
        Faulty(bay.asset_id, bay.series_id, kind, first, last)
        for index, bay in enumerate(bays)
        for kind, mask in found.items()
        for first, last in runs_of(mask[index])
    ]


def lay_out(bays: Sequence[BayDays]) -> Days:
    """Put the days of all bays into arrays (n_bays, n_days)."""
    n_days = 1 + max(max(bay.days, default=0) for bay in bays)
    free, occupied, changes = (np.zeros((len(bays), n_days)) for _ in range(3))
    for index, bay in enumerate(bays):
        at = np.array(bay.days, dtype=np.int64)
        free[index, at], occupied[index, at], changes[index, at] = bay.free_s, bay.occupied_s, bay.n_changes
    known_s = free + occupied
    is_known = known_s >= KNOWN_S
    share = np.divide(occupied, known_s, out=np.full_like(occupied, np.nan), where=is_known)
    zones = sorted({bay.zone for bay in bays})
    return Days(is_known, changes, share, np.array([zones.index(bay.zone) for bay in bays]))


def rhythm(days: Days) -> tuple[Floats, Floats]:
    """Give the changes a day of each bay outside its longest silence, and how busy each day was in its zone."""
    is_moving = days.is_known & ~longest_run(days.is_known & (days.changes == 0))
    rate = np.where(is_moving, days.changes, 0).sum(axis=1) / np.maximum(is_moving.sum(axis=1), 1)
    ratio = np.divide(
        days.changes, rate[:, None], out=np.full_like(days.changes, np.nan), where=days.is_known & (rate[:, None] > 0)
    )
    busy = np.ones_like(days.changes)
    town = middle(ratio)
    for zone in np.unique(days.zone):
        rows = days.zone == zone
        n_bays = np.isfinite(ratio[rows]).sum(axis=0)
        busy[rows] = np.where(n_bays >= LEAST_BAYS, middle(ratio[rows]), town)
    return rate, np.clip(busy, 0.0, 2.0)


def middle(ratio: Floats) -> Floats:
    """Give the mean over the bays by day, 1 where none is known: as many changes as ever."""
    known = np.isfinite(ratio)
    total = np.where(known, ratio, 0.0).sum(axis=0)
    mean: Floats = np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), 1.0)
    return mean


def longest_run(mask: Mask) -> Mask:
    """Keep of each row only its longest run of true values, the first of those."""
    length = np.zeros(mask.shape, dtype=np.int64)
    for day in range(mask.shape[1]):
        length[:, day] = (length[:, day - 1] + 1 if day else 1) * mask[:, day]
    last = length.argmax(axis=1)
    first = last - length.max(axis=1) + 1
    days = np.arange(mask.shape[1])
    kept: Mask = (days >= first[:, None]) & (days <= last[:, None])
    return kept


def runs_of(mask: Mask) -> list[tuple[int, int]]:
    """Give the first and last position of each run of true values."""
    positions = np.flatnonzero(mask).tolist()
    groups = groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0])
    spans = ([position for _, position in group] for _, group in groups)
    return [(span[0], span[-1]) for span in spans]


def find_stuck(days: Days, expected: Floats) -> Mask:
    """Find days without a change in runs in which too many were expected, and the days at both ends of them."""
    is_still = ~days.is_known | (days.changes == 0)
    stuck: Mask = np.zeros_like(is_still)
    for index in np.flatnonzero((expected * is_still).sum(axis=1) >= EXPECTED):
        for first, last in runs_of(is_still[index]):
            n_still = int(days.is_known[index, first : last + 1].sum())
            if n_still >= LEAST_RUN and expected[index, first : last + 1].sum() >= EXPECTED:
                stuck[index, max(0, first - 1) : last + 2] = True
    return stuck


def find_chatter(days: Days, expected: Floats) -> Mask:
    """Find days with many times the changes that are usual, of bays that do not always change so often."""
    return days.is_known & (days.changes > np.maximum(CHATTER * expected, CHATTER_LEAST))


def find_drift(days: Days) -> Mask:
    """Find bays whose last known week is far from what zone and own past say; that week's days are marked."""
    drifted: Mask = np.zeros_like(days.is_known)
    for zone in np.unique(days.zone):
        rows = np.flatnonzero(days.zone == zone)
        if len(rows) >= LEAST_BAYS:
            apart = days.share[rows] - middle(days.share[rows])
            is_recent = days.is_known[rows] & (np.cumsum(days.is_known[rows, ::-1], axis=1)[:, ::-1] <= WEEK)
            drifted[rows] = is_recent & is_drifted(apart, is_recent)[:, None]
    return drifted


def is_drifted(apart: Floats, is_recent: Mask) -> Mask:
    """Say of each bay whether the recent differences from its zone lie apart from the days before (NaN: not known)."""
    past = np.where(is_recent, np.nan, apart)
    n_past = np.isfinite(past).sum(axis=1)
    usual = median_of(past)
    scatter = MAD_TO_SIGMA * median_of(np.abs(past - usual[:, None])) / math.sqrt(WEEK)
    now = np.where(is_recent, apart, 0.0).sum(axis=1) / np.maximum(is_recent.sum(axis=1), 1)
    shift = np.abs(now - usual)
    is_apart = (shift > np.maximum(DRIFT_SHARE, DRIFT_SIGMA * scatter)) & (np.abs(now) >= shift / 2)
    drifted: Mask = (n_past >= 2 * WEEK) & is_apart
    return drifted


def median_of(rows: Floats) -> Floats:
    """Give the median of what is known of each row, 0 where nothing is."""
    ordered, n_known = np.sort(rows, axis=1), np.isfinite(rows).sum(axis=1)  # NaN comes last
    index, at = np.maximum(n_known, 1), np.arange(len(rows))
    middle_two = (ordered[at, (index - 1) // 2] + ordered[at, index // 2]) / 2
    return np.where(n_known > 0, middle_two, 0.0)
