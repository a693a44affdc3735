"""What was known of each main at an instant: age, size, own breaks, and breaks of its like and of its surroundings.

Rates of groups (material by decade of laying, district, district by material, batch of laying) leave the pipe itself
out and are shrunk towards the network's rate by as much as two breaks weigh (gamma prior; Robbins 1956, empirical
Bayes). Breaks fade with a half-life of five years; counted plainly they stand only beside what was to be expected,
since a mere count grows with the years that are watched. Nothing after the instant is looked at; a pipe that was
replaced starts anew, and its breaks before that count for its street alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.water_mains.network import LEAST_LENGTH_M, MATERIALS, NOWHERE, Breaks, Floats, Integers, Mains

HALF_LIFE_YEARS = 5.0
PRIOR_BREAKS, OWN_PRIOR = 2.0, 1.0
LEAST_WATCHED_YEARS = 0.25
REGULAR_SHARE = 0.25
FIRST_DECADE = 1800
UNKNOWN_YEAR = 1970.0


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of the mains that lay in the ground at an instant.

    `mains` (n,) are their indices, `columns` (n, n_columns) what a model takes, `n_breaks` (n,) how often each broke.
    """

    at: float
    mains: Integers
    columns: Floats
    n_breaks: Floats
    age: Floats
    length_m: Floats


@dataclass(frozen=True, slots=True)
class Past:
    """Years for which each main has been watched, and its breaks since it was laid: counted, and faded."""

    watched: Floats
    counted: Floats
    faded: Floats


def watched_from(breaks: Breaks) -> float:
    """Give the first year in which breaks were written down with some regularity: a quarter of what is usual."""
    years, counts = np.unique(np.floor(breaks.at), return_counts=True)
    if not years.size:
        return np.inf
    usual = np.median(np.repeat(counts, counts))  # of a break, not of a year: stray early entries weigh little
    return float(years[counts >= REGULAR_SHARE * usual][0])


def know(mains: Mains, breaks: Breaks, at: float, since: float) -> Known:
    """Tell what was known at an instant; `since` is from when on breaks are written down."""
    there = np.flatnonzero(~(mains.laid >= at))
    past_breaks = breaks.before(at)
    laid = np.where(np.isfinite(mains.laid), mains.laid, usual_year(mains.laid[there]))
    age = np.maximum(at - laid, 0.0)
    past = past_of(mains, past_breaks, at, np.clip(at - np.maximum(laid, since), LEAST_WATCHED_YEARS, None))
    groups = groups_of(mains, laid)
    rates = [shrunken_rate(group, there, past.counted, past.watched * mains.length_m) for group in groups]
    columns = np.column_stack(
        [
            np.log(mains.length_m),
            age,
            np.log1p(age),
            np.log(mains.diameter_mm),
            *own_columns(past, rates[0] * mains.length_m),
            *(np.log(rate) for rate in rates),
            *street_columns(mains, past_breaks, at),
            *(mains.material == code for code in range(len(MATERIALS) - 1)),
        ]
    )
    return Known(at, there, columns[there], past.counted[there], age[there], mains.length_m[there])


def usual_year(laid: Floats) -> float:
    """Give the middle year of laying."""
    known = laid[np.isfinite(laid)]
    return float(np.median(known)) if known.size else UNKNOWN_YEAR


def is_own(mains: Mains, breaks: Breaks) -> NDArray[np.bool_]:
    """Say which breaks befell the pipe that lies there now."""
    own: NDArray[np.bool_] = (breaks.main != NOWHERE) & ~(breaks.at < mains.laid[breaks.main])
    return own


def past_of(mains: Mains, breaks: Breaks, at: float, watched: Floats) -> Past:
    """Count the breaks of each main before an instant."""
    own = is_own(mains, breaks)
    weights = faded(at - breaks.at)
    counted = np.bincount(breaks.main[own], minlength=mains.n).astype(float)
    return Past(watched, counted, np.bincount(breaks.main[own], weights[own], minlength=mains.n).astype(np.float64))


def faded(years: Floats) -> Floats:
    """Weigh what lies so many years back."""
    weights: Floats = 0.5 ** (years / HALF_LIFE_YEARS)
    return weights


def groups_of(mains: Mains, laid: Floats) -> list[Integers]:
    """Number each main's groups: material by decade, district, district by material, batch of laying."""
    n_materials = len(MATERIALS) + 1
    decade = ((laid - FIRST_DECADE) // 10).astype(np.int64)
    batch = np.round(laid * 10).astype(np.int64) * n_materials + mains.material
    keys = [decade * n_materials + mains.material, mains.district, mains.district * n_materials + mains.material, batch]
    return [np.unique(key, return_inverse=True)[1] for key in keys]


def shrunken_rate(group: Integers, there: Integers, counted: Floats, exposure: Floats) -> Floats:
    """Give the breaks per metre and year of each main's group without itself, (n_mains,)."""
    n_groups = int(group.max(initial=0)) + 1
    breaks = np.bincount(group[there], counted[there], minlength=n_groups)[group]
    exposures = np.bincount(group[there], exposure[there], minlength=n_groups)[group]
    is_there = np.zeros(len(group), dtype=bool)
    is_there[there] = True
    network = (counted[there].sum() + 1.0) / max(float(exposure[there].sum()), LEAST_LENGTH_M)
    others = np.where(is_there, breaks - counted, breaks), np.where(is_there, exposures - exposure, exposures)
    rate: Floats = (others[0] + PRIOR_BREAKS) / (np.maximum(others[1], 0.0) + PRIOR_BREAKS / network)
    return rate


def own_columns(past: Past, expected: Floats) -> list[Floats]:
    """Tell a main's own breaks, and beside what its like would have had; `expected` [1/a]."""
    faded_years = HALF_LIFE_YEARS / np.log(2) * (1 - faded(past.watched))
    return [
        np.log1p(past.faded),
        np.log((past.counted + OWN_PRIOR) / (expected * past.watched + OWN_PRIOR)),
        np.log((past.faded + OWN_PRIOR) / (expected * faded_years + OWN_PRIOR)),
    ]


def street_columns(mains: Mains, breaks: Breaks, at: float) -> list[Floats]:
    """Tell the breaks in a main's street that were not its own, those of pipes that are gone included."""
    n_streets = int(max(mains.street.max(initial=0), breaks.street.max(initial=0))) + 1
    placed = breaks.street != NOWHERE
    own_here = is_own(mains, breaks) & placed & (breaks.street == mains.street[breaks.main])
    columns = []
    for weights in (np.ones(len(breaks.at)), faded(at - breaks.at)):
        in_street = np.bincount(breaks.street[placed], weights[placed], minlength=n_streets)[mains.street]
        own = np.bincount(breaks.main[own_here], weights[own_here], minlength=mains.n)
        columns.append(np.log1p(np.where(mains.street == NOWHERE, 0.0, np.maximum(in_street - own, 0.0))))
    return columns
