"""Breaks to expect of each main in a year: Poisson regression on what was known at past instants, with its spread.

Taught on each of the last years before `until`: what was known at its begin, and the breaks of the (up to) five years
after it that had happened by `until`, per year and weighed by how many years those are. The mean is log-linear
(generalised linear model, McCullagh and Nelder 1989, ch. 6; penalised, scikit-learn); what it leaves unexplained of a
pipe's own rate is gamma distributed, the narrower the more breaks are known of it (gamma-Poisson, as in Robbins 1956;
its shape by maximum likelihood): that gives the interval. By moments the shape hangs on a few pipes that break again
and again: on twenty drawn networks it came out between a fifth of the true one and four times it.

Where too little is known to learn from, a pipe is told the rate of its material in North America and its own breaks
(gamma prior of the weight of one break), and is marked so. Deterministic: nothing is drawn.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import gamma, nbinom
from sklearn.linear_model import PoissonRegressor
from threadpoolctl import threadpool_limits

from analytics.water_mains.features import Known, is_own, know, past_of, usual_year, watched_from
from analytics.water_mains.network import MATERIALS, OTHER_MATERIAL, Breaks, Floats, Mains

VERSION = "1"
HORIZON_YEARS = 5.0
N_INSTANTS = 9  # one a year
FIRST_AFTER_YEARS = 2.0  # of watching, before breaks of the past can teach
LEAST_BREAKS = 50
PENALTY = 5e-4
SHARES = (0.05, 0.95)
LEAST_SHAPE, MOST_SHAPE = 0.05, 100.0
PRIOR_BREAKS = 1.0
MILE_KM = 1.609344
# Breaks by 100 miles and year: Folkman 2018, Water Main Break Rates in the USA and Canada (Utah State University).
BY_100_MILES = {"CI": 34.8, "DI": 5.5, "PVC": 2.3, "PVCO": 2.3, "CPP": 3.1, "AC": 10.4, "ST": 7.6}
ALL_BY_100_MILES = 14.0


class FewBreaksError(Exception):
    """Too few breaks are known to learn from."""


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt up to an instant, and on how much.

    The gamma distribution of a pipe's rate has the shape `shape` and its known breaks more.
    """

    since: float
    until: float
    n_breaks: int
    centre: Floats
    scale: Floats
    weights: Floats
    intercept: float
    shape: float
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Expected:
    """Breaks a year to expect of the mains that lay there at an instant, with 90 % intervals; arrays (n,).

    On twenty drawn networks they hold 0.89 of the rates of the mains that break most (0.82 to 0.94 of one network's).
    `mains` are indices of the network's.
    `refusal` says why these are but the prior of the family; None: learnt here.
    """

    at: float
    mains: np.ndarray
    rate: Floats
    low: Floats
    high: Floats
    n_breaks: Floats
    refusal: str | None = None


def foretell(mains: Mains, breaks: Breaks, at: float, known: Model | None = None) -> Expected:
    """Tell the breaks to expect in the years after an instant, out of what was known then.

    `known` is a model that was learnt already; one that knows what came after the instant is not asked.
    """
    try:
        model = known if known is not None and known.until <= at else train(mains, breaks, at)
    except FewBreaksError as few:
        return tell_prior(mains, breaks.before(at), at, str(few))
    return tell(model, know(mains, breaks, at, model.since))


def train(mains: Mains, breaks: Breaks, until: float, teaches: NDArray[np.bool_] | None = None) -> Model:
    """Learn from what happened before an instant to the mains that teach (n_mains,); to all where that is not given.

    Raises
    ------
    FewBreaksError
        Breaks have been written down for too few years, or too few are known of pipes that lie there.
    """
    past = breaks.before(until)
    teaches = np.ones(mains.n, dtype=np.bool_) if teaches is None else teaches
    n_breaks = int((is_own(mains, past) & teaches[past.main]).sum()) if len(past.at) and mains.n else 0
    if n_breaks < LEAST_BREAKS:
        raise FewBreaksError(f"{n_breaks} breaks of these pipes are known, {LEAST_BREAKS} are needed")
    since = watched_from(past)
    instants = [until - n for n in range(1, N_INSTANTS + 1) if until - n >= since + FIRST_AFTER_YEARS]
    if not instants:
        raise FewBreaksError(f"breaks are known since {since:.0f} only, three years are needed")
    lessons = [(know(mains, past, at, since), min(HORIZON_YEARS, until - at)) for at in instants]
    kept = np.concatenate([teaches[known.mains] for known, _ in lessons])
    columns = np.concatenate([known.columns for known, _ in lessons])[kept]
    years = np.concatenate([np.full(len(known.mains), span) for known, span in lessons])[kept]
    counts = np.concatenate([count_breaks(mains, past, known, span) for known, span in lessons])[kept]
    before = np.concatenate([known.n_breaks for known, _ in lessons])[kept]
    return fit(columns, (counts, before), years, (since, until, n_breaks))


def count_breaks(mains: Mains, breaks: Breaks, known: Known, years: float) -> Floats:
    """Count the breaks of the mains known at an instant in the years after it, (n,)."""
    is_after = is_own(mains, breaks) & (breaks.at >= known.at) & (breaks.at < known.at + years)
    return np.bincount(breaks.main[is_after], minlength=mains.n)[known.mains].astype(float)


def fit(columns: Floats, breaks: tuple[Floats, Floats], years: Floats, known: tuple[float, float, int]) -> Model:
    """Fit the mean, and the spread around it; `breaks` are those that came in `years`, and those before."""
    counts, before = breaks
    centre, scale = columns.mean(axis=0), columns.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    with threadpool_limits(1):
        fitted = PoissonRegressor(alpha=PENALTY, max_iter=3000).fit(
            (columns - centre) / scale, counts / years, sample_weight=years
        )
        expected = fitted.predict((columns - centre) / scale) * years
    shape = shape_of(counts, expected, before)
    return Model(*known, centre, scale, np.asarray(fitted.coef_), float(fitted.intercept_), shape)


def shape_of(counts: Floats, expected: Floats, n_breaks: Floats) -> float:
    """Give the likeliest k for negative binomial counts of variance m + m^2 / (k + breaks known before)."""

    def unlikeliness(log_shape: float) -> float:
        shape = np.exp(log_shape) + n_breaks
        return -float(nbinom.logpmf(counts, shape, shape / (shape + expected)).sum())

    found = minimize_scalar(unlikeliness, bounds=np.log((LEAST_SHAPE, MOST_SHAPE)), method="bounded")
    return float(np.exp(found.x))


def tell(model: Model, known: Known) -> Expected:
    """Tell what a model expects of the mains known at an instant."""
    rate = np.exp((known.columns - model.centre) / model.scale @ model.weights + model.intercept)
    shape = model.shape + known.n_breaks
    low, high = (gamma.ppf(share, shape, scale=rate / shape) for share in SHARES)
    return Expected(known.at, known.mains, rate, np.minimum(low, rate), np.maximum(high, rate), known.n_breaks)


def tell_prior(mains: Mains, past: Breaks, at: float, refusal: str) -> Expected:
    """Tell the rate of a main's material, moved by the breaks that are known of it."""
    there = np.flatnonzero(~(mains.laid >= at))
    laid = np.where(np.isfinite(mains.laid), mains.laid, usual_year(mains.laid[there]))
    watched = np.clip(at - np.maximum(laid, watched_from(past)), 0.0, None)
    counted = past_of(mains, past, at, watched).counted if mains.n else np.zeros(0)
    usual = np.array([prior_rate(code) for code in mains.material.tolist()]) * mains.length_m
    shape, scale = PRIOR_BREAKS + counted, 1 / (PRIOR_BREAKS / usual + watched)
    low, high = (gamma.ppf(share, shape, scale=scale)[there] for share in SHARES)
    return Expected(at, there, (shape * scale)[there], low, high, counted[there], refusal)


def prior_rate(material: int) -> float:
    """Give the usual breaks per metre and year of a material."""
    name = None if material == OTHER_MATERIAL else MATERIALS[material]
    return BY_100_MILES.get(name or "", ALL_BY_100_MILES) / (100 * MILE_KM * 1000)
