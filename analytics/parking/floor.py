"""Counters of car parks that drift: the emptiest hour of each day tells by how much.

Places are counted by cars in and out; each car that is missed shifts all values from then on, until somebody resets
the display. The rule: a car park is emptied to about the same floor every night (long-term parkers, staff). The median
floor of the week around a day, against the median floor of the eight weeks before the period, is its drift, where it is
more than 5 % of the places and more than four times the scatter of those floors. A number of free places below 0 or
above the number of places is a drift in any case, and at least by what is beyond.

A drift is taken off the day's values, and both ends, with it and without, stay in the interval: guests of a holiday
week raise the floor too. With fewer than 14 known floors before the period nothing is taken off.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.spread import NORMAL_90, spread
from store.parking import ParkDays

Floats = NDArray[np.float64]

LEAST_SHARE, LEAST_SIGMA = 0.05, 4.0
WEEK, LEAST_FLOORS = 7, 14


@dataclass(frozen=True, slots=True)
class Drift:
    """Drift of the share occupied on the days of a period: mean over all of them, number of days, and its greatest.

    `margin` is how far a mean set right may still lie from the truth (90 %), by the scatter of the floors.
    """

    mean: float
    n_days: int
    greatest: float
    margin: float = 0.0


NO_DRIFT = Drift(0.0, 0, 0.0)


def find_drift(days: ParkDays, n_places: float, begin: int, *, counts_free: bool) -> Drift:
    """Find by how much the share occupied is counted too high (positive) on the days from `begin` on."""
    lowest, highest = np.array(days.lowest) / n_places, np.array(days.highest) / n_places
    floor, ceiling = (1 - highest, 1 - lowest) if counts_free else (lowest, highest)
    at = np.array(days.days, dtype=np.int64)
    before = floor[at < begin]
    inside = np.flatnonzero(at >= begin)
    if not inside.size:
        return NO_DRIFT
    beyond = np.where(floor[inside] < 0, floor[inside], np.maximum(ceiling[inside] - 1, 0.0))
    shift = shift_of(floor, inside, before) if before.size >= LEAST_FLOORS else np.zeros(inside.size)
    drift = np.where(np.abs(beyond) > np.abs(shift), beyond, shift)
    is_off = drift != 0
    if not is_off.any():
        return NO_DRIFT
    return Drift(
        float(drift.mean()), int(is_off.sum()), float(drift[np.abs(drift).argmax()]), NORMAL_90 * spread(before)
    )


def shift_of(floor: Floats, inside: NDArray[np.int64], before: Floats) -> Floats:
    """Give the shift of the weekly floor against that of before, 0 where it is no more than usual."""
    usual = float(np.median(before))
    scatter = spread(before)
    half = WEEK // 2
    around = np.array([float(np.median(floor[max(0, index - half) : index + half + 1])) for index in inside.tolist()])
    shift = around - usual
    return np.where(np.abs(shift) > max(LEAST_SHARE, LEAST_SIGMA * scatter), shift, 0.0)
