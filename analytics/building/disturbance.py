"""What weather and week do not explain, and what it leaves open of a prediction.

Guideline 14's formula takes disturbances to be those of neighbouring days. Buildings are disturbed for weeks (works, a
bug in the timetable, a fuller town hall), so the interval told rests on the whole correlation of days, learnt by
restricted maximum likelihood (`analytics.baseline.noise`), with baseline and prediction as one process: a wrong level
in the baseline's last weeks goes on into the first of the prediction. Guideline 14's half width stands in the proof.

Disturbances grow with use, with a power of it that is the most likely of three: none, its root, in proportion.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from analytics.baseline.noise import Noise, Residuals, learn_noise, spread_of
from analytics.building.periods import Floats, Integers

POWERS = (0.0, 0.5, 1.0)
FLOOR = 0.05  # of mean use: below it disturbances shrink no more
LEAST_SPELLS = 3.0
LEVEL = 0.90


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
    """How a meter is disturbed: a spread [1] of what `scale_of` gives, and how it hangs together."""

    noise: Noise
    spread: float
    power: float
    mean_kwh: float

    @property
    def quantile(self) -> float:
        """Give how many standard errors wide half the interval is, by Student's t of the independent spells."""
        return float(stdtrit(max(self.noise.n_spells, LEAST_SPELLS) - 1, (1 + LEVEL) / 2))

    def scale_of(self, kwh: Floats) -> Floats:
        """Give by what disturbances of stretches with this use are measured [kW.h]."""
        return scale(kwh, self.mean_kwh, self.power)


def learn_disturbance(past: Past) -> Disturbance:
    """Learn from what a baseline's model left unexplained."""
    mean = float(past.fitted_kwh.mean())
    left = past.kwh - past.fitted_kwh
    power = max(POWERS, key=lambda power: likelihood(left, scale(past.fitted_kwh, mean, power)))
    by = scale(past.fitted_kwh, mean, power)
    residuals = Residuals(past.days, left / by, past.design / by[:, None])
    noise = learn_noise([residuals])
    return Disturbance(noise, spread_of(residuals, noise), power, mean)


def scale(kwh: Floats, mean: float, power: float) -> Floats:
    """Give mean × (use / mean) to a power, never of less than a twentieth of the mean."""
    scaled: Floats = mean * np.maximum(kwh / mean, FLOOR) ** power
    return scaled


def likelihood(left: Floats, by: Floats) -> float:
    """Give the log likelihood of independent normal residuals with spreads in proportion to `by`."""
    return -float(np.log(by).sum()) - left.size / 2 * float(np.log(np.maximum(((left / by) ** 2).mean(), 1e-18)))


def standard_error(past: Past, disturbance: Disturbance, ahead: Ahead) -> float:
    """Give the standard error of the total of a prediction against what would have been [kW.h].

    error = disturbances of the predicted stretches - what those of the baseline did to the prediction
    """
    days = np.concatenate([past.days, ahead.days])
    gains = np.concatenate(
        [-ahead.pull * disturbance.scale_of(past.fitted_kwh), disturbance.scale_of(np.maximum(ahead.kwh, 0.0))]
    )
    variance = disturbance.spread**2 * float(gains @ disturbance.noise.correlation(days) @ gains)
    return float(np.sqrt(max(0.0, variance)))
