"""What weather and week do not explain, and what it leaves open of a prediction.

Guideline 14's formula takes disturbances to be those of neighbouring days. Buildings are disturbed for weeks (works, a
bug in the timetable, a fuller town hall), so the interval told rests on how days hang together however far apart, with
baseline and prediction as one process: a wrong level in the baseline's last weeks goes on into the first of the
prediction. Part fades in days, part stays for up to months (`analytics.baseline.noise`); how much and how long is
judged by restricted likelihood. One year of one meter cannot tell that sharply, so all candidates count by their
likelihood instead of the best alone, which would mostly be too sure of itself (Bayesian model averaging: Hoeting,
Madigan, Raftery and Volinsky 1999, doi:10.1214/ss/1009212519). Guideline 14's half width stands in the proof.

Disturbances grow with use, with a power of it that is the most likely of three: none, its root, in proportion.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from analytics.baseline.noise import FAST, Residuals, candidates, judge_candidates, to_blocks
from analytics.building.periods import Floats, Integers

POWERS = (0.0, 0.5, 1.0)
FLOOR = 0.05  # of mean use: below it disturbances shrink no more
QUANTILE = float(ndtri(0.95))  # half an interval of 90 % in standard errors


@dataclass(frozen=True, slots=True)
class Past:
    """A baseline as its model left it: first days (ordinals), use and what the model says [kW.h], each (n,).

    `design` (n, k) are the columns that were fitted, or as many of them as vary from day to day.
    """

    days: Integers
    kwh: Floats
    fitted_kwh: Floats
    design: Floats


@dataclass(frozen=True, slots=True)
class Ahead:
    """A prediction: first days and use said [kW.h], each (m,); `pull` (n,) is what a disturbance of 1 kW.h in each of
    the baseline's stretches moves the total by.
    """

    days: Integers
    kwh: Floats
    pull: Floats


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How a meter is disturbed: a sum of processes that fade by `memories` from day to day, of these `variances`.

    Variances (k,) are of what `scale_of` gives.
    """

    memories: Floats
    variances: Floats
    power: float
    mean_kwh: float

    def scale_of(self, kwh: Floats) -> Floats:
        """Give by what disturbances of stretches with this use are measured [kW.h]."""
        return scale(kwh, self.mean_kwh, self.power)


def learn_disturbance(past: Past) -> Disturbance:
    """Learn from what a baseline's model left unexplained."""
    mean = float(past.fitted_kwh.mean())
    left = past.kwh - past.fitted_kwh
    power = max(POWERS, key=lambda power: likelihood(left, scale(past.fitted_kwh, mean, power)))
    by = scale(past.fitted_kwh, mean, power)
    likelihoods, spreads = judge_candidates(to_blocks(Residuals(past.days, left / by, past.design / by[:, None])))
    weights = np.exp(likelihoods - likelihoods.max())
    variances = spreads * weights / weights.sum()
    share = np.array([one.share for one in candidates()])
    memory = np.array([one.memory for one in candidates()])
    memories = np.array([*np.unique(memory), FAST])
    parts = [float((variances * share)[memory == one].sum()) for one in memories[:-1]]
    parts.append(float((variances * (1 - share)).sum()))
    return Disturbance(memories, np.array(parts), power, mean)


def scale(kwh: Floats, mean: float, power: float) -> Floats:
    """Give mean × (use / mean) to a power, never of less than a twentieth of the mean."""
    scaled: Floats = mean * np.maximum(kwh / mean, FLOOR) ** power
    return scaled


def likelihood(left: Floats, by: Floats) -> float:
    """Give the log likelihood of independent normal residuals with spreads in proportion to `by`."""
    return -float(np.log(by).sum()) - left.size / 2 * float(np.log(np.maximum(((left / by) ** 2).mean(), 1e-18)))


def spread_of_sum(days: Integers, gains: Floats, memories: Floats, variances: Floats) -> float:
    """Give the variance of a sum of disturbances, each taken `gains` times: products of gains by their distance."""
    dense = np.bincount(days - days.min(), weights=gains)
    products = np.correlate(dense, dense, "full")[dense.size - 1 :]
    products[1:] *= 2
    covariance = (variances[:, None] * memories[:, None] ** np.arange(dense.size)[None, :]).sum(axis=0)
    return float(covariance @ products)


def standard_error(past: Past, disturbance: Disturbance, ahead: Ahead) -> float:
    """Give the standard error of the total of a prediction against what would have been [kW.h].

    error = disturbances of the predicted stretches - what those of the baseline did to the prediction
    """
    days = np.concatenate([past.days, ahead.days])
    gains = np.concatenate(
        [-ahead.pull * disturbance.scale_of(past.fitted_kwh), disturbance.scale_of(np.maximum(ahead.kwh, 0.0))]
    )
    variance = spread_of_sum(days, gains, disturbance.memories, disturbance.variances)
    return float(np.sqrt(max(0.0, variance)))
