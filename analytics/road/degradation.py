"""Degradation curve of a road section: level(t) = exp(a + r t), r at least 0, since its last resurfacing.

Exponential growth is what the models of the World Bank use for roughness (Paterson 1987, Road Deterioration and
Maintenance Effects, chapter 8; HDM-4 volume 4). A section has few surveys, mostly one a year, so that a and r are
estimated by Bayesian linear regression on logarithms (Gelman et al. 2013, section 14.8): the family's prior, moved by
the section's own surveys. The prior's growth is that of the other sections of the territory, once enough of them have
been surveyed often enough, else the orders of size in `KINDS`.

Limits at which one intervenes are those of 23 CFR 490.313 for "poor" asphalt: roughness 170 in/mi, ruts 0.40 in, 20 %
cracked; below 60 km/h the same jolts come from a rougher road, and 3.5 m/km is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analytics.spread import NORMAL_90, spread

Floats = NDArray[np.float64]

HORIZON_YEARS = 40.0
STEP_YEARS = 0.05
LEVELS = (0.05, 0.5, 0.95)
RENEWED = 0.75  # a level that falls below this share of the one before was mended
LEAST_SECTIONS, LEAST_SURVEYS, LEAST_YEARS = 8, 3, 2.0
SLOW_BELOW_KM_H, SLOW_ROUGHNESS = 60.0, 3.5


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a quantity beforehand.

    `new` is the level of a new surface and `spread` the standard deviation of its logarithm, `growth` and its `doubt`
    are by year, `error` is that of a survey (of the logarithm), `limit` calls for works, `least` is what a survey can
    tell from nothing.
    """

    new: float
    spread: float
    growth: float
    doubt: float
    error: float
    limit: float
    least: float


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "roughness": Kind(new=1.3, spread=0.35, growth=0.04, doubt=0.03, error=0.06, limit=2.7, least=0.3),  # m/km
        "rut_depth": Kind(new=2.5, spread=0.5, growth=0.08, doubt=0.05, error=0.15, limit=10.2, least=0.5),  # mm
        "cracking": Kind(new=1.0, spread=0.7, growth=0.2, doubt=0.12, error=0.25, limit=20.0, least=0.5),  # %
    }
)


@dataclass(frozen=True, slots=True)
class Curve:
    """A fitted curve: mean (2,) and covariance (2, 2) of (a, r) at `origin` [years], and on how many surveys it rests.

    `origin` is on the axis on which the surveys' instants were given.
    """

    mean: Floats
    covariance: Floats
    origin: float
    n_surveys: int


def limit_of(quantity: str, speed_limit_km_h: float | None) -> float:
    """Give the level of a quantity from which a section is to be mended."""
    is_slow = speed_limit_km_h is not None and speed_limit_km_h < SLOW_BELOW_KM_H
    return SLOW_ROUGHNESS if quantity == "roughness" and is_slow else KINDS[quantity].limit


def since_renewal(levels: Floats) -> slice:
    """Give the part of surveys, in order of time, that comes after works that lowered the level for good."""
    fell = np.flatnonzero(levels[1:] < RENEWED * levels[:-1]) + 1
    lasting = [int(at) for at in fell if np.median(levels[at:]) < RENEWED * levels[at - 1]]
    return slice(lasting[-1] if lasting else 0, None)


def fit_curve(years: Floats, levels: Floats, kind: Kind, born: float | None = None) -> Curve:
    """Fit the surveys (n,) of a section since its last works; without any, the curve is the family's.

    `born` is when the section was last resurfaced, on the axis of `years`; where that is not known, its level at the
    first survey says nothing about how new it is.
    """
    origin = born if born is not None else float(years[0]) if years.size else 0.0
    spread = kind.spread if born is not None else 3 * kind.spread
    information = np.diag([spread**-2, kind.doubt**-2])
    weighed = information @ np.array([np.log(kind.new), kind.growth])
    design = np.column_stack((np.ones(years.size), years - origin))
    information += design.T @ design / kind.error**2
    weighed += design.T @ np.log(np.maximum(levels, kind.least)) / kind.error**2
    covariance = np.linalg.inv(information)
    return Curve(covariance @ weighed, covariance, origin, int(years.size))


def band(curve: Curve, years: Floats) -> Floats:
    """Give the 5, 50 and 95 % levels of the surface at instants (n,), shape (3, n); none of them ever falls."""
    mean, sigma = moments(curve, years)
    each = np.exp(mean + np.array([[-NORMAL_90], [0.0], [NORMAL_90]]) * sigma)
    after = np.maximum.accumulate(each, axis=1)
    return np.asarray(np.where(years >= curve.origin, after, each), dtype=np.float64)


def chance_met(curve: Curve, limit: float, years: Floats) -> Floats:
    """Give the probability (n,) that the level has met the limit by each instant; it never falls."""
    mean, sigma = moments(curve, years)
    chance: Floats = np.maximum.accumulate(ndtr((mean - np.log(limit)) / sigma))
    return chance


def years_met(curve: Curve, limit: float, now: float) -> tuple[float | None, float | None, float | None]:
    """Give when the limit is met: early (5 %), as likely as not, late (95 %); None: not within `HORIZON_YEARS`.

    What was met before `now` is given as `now`.
    """
    years = np.arange(now, now + HORIZON_YEARS, STEP_YEARS)
    chance = chance_met(curve, limit, years)
    at = np.searchsorted(chance, LEVELS)
    early, middle, late = (float(years[i]) if i < years.size else None for i in at.tolist())
    return early, middle, late


def moments(curve: Curve, years: Floats) -> tuple[Floats, Floats]:
    """Give mean and standard deviation of the logarithm at instants (n,), the growth at least 0."""
    t = years - curve.origin
    mean = curve.mean[0] + max(float(curve.mean[1]), 0.0) * t
    variance = curve.covariance[0, 0] + 2 * t * curve.covariance[0, 1] + t**2 * curve.covariance[1, 1]
    return mean, np.sqrt(np.maximum(variance, 1e-12))


def learn_kind(kind: Kind, sections: Sequence[tuple[Floats, Floats]]) -> tuple[Kind, int]:
    """Give the family's growth from (years, levels) of its sections, and how many of them it rests on (0: none).

    Median and robust spread of the straight fits of sections with `LEAST_SURVEYS` over `LEAST_YEARS`; what the surveys'
    own error adds to that spread is taken off. Fewer than `LEAST_SECTIONS` teach nothing.
    """
    known = [part for part in sections if part[0].size >= LEAST_SURVEYS and np.ptp(part[0]) >= LEAST_YEARS]
    if len(known) < LEAST_SECTIONS:
        return kind, 0
    fits = np.array(
        [straight_fit(years, np.log(np.maximum(levels, kind.least)), kind.error) for years, levels in known]
    )
    growth, variance = fits.T
    own = spread(growth) ** 2 - float(np.median(variance))
    doubt = max(float(np.sqrt(max(own, 0.0))), 0.2 * kind.doubt)
    return replace(kind, growth=max(float(np.median(growth)), 0.0), doubt=doubt), len(known)


def straight_fit(years: Floats, logs: Floats, error: float) -> tuple[float, float]:
    """Give the slope of a straight fit and its variance by the surveys' error."""
    away = years - years.mean()
    square = float(away @ away)
    return float(away @ logs) / square, error**2 / square
