"""Intervals of 90 %: errors of the last four weeks, scaled by how much a car park usually surprises at that hour.

Split conformal prediction with normalised scores (H. Papadopoulos et al., Inductive confidence machines for
regression, ECML 2002; J. Lei et al., Distribution-free predictive inference for regression, JASA 2018,
doi:10.1080/01621459.2017.1307116). The errors are of forecasts for values that the model had not seen. Scores are of
all car parks together, the scale is each one's own by working day or rest day and hour.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analytics.occupancy.grid import DAY_STEPS, Floats, Integers

if TYPE_CHECKING:
    from analytics.occupancy.features import Frame

COVERAGE = 0.90
N_HOURS = 24
KEPT_DAYS = 28
LEAST_SCALE = 0.002  # a fifth of a place in a hundred: car parks that do not move have errors of no size
PRIOR_N = 20.0  # as many errors of the car park as a whole weigh with those of its hour


@dataclass(frozen=True, slots=True)
class Errors:
    """Mean absolute error by car park, rest day or not, and hour, (n_parks, 2, 24); ends of the scaled interval.

    `low` and `high` are quantiles of error over scale; both are NaN where nothing was learnt. `lead` [steps] is how far
    ahead the forecasts looked.
    """

    scale: Floats
    low: float
    high: float
    lead: int

    def learn(self, missed: Floats, steps: Integers, frame: "Frame") -> "Errors":
        """Learn from errors (n_parks, len(steps)) of forecasts for these steps, NaN where not known."""
        if not np.isfinite(missed).any():
            return self
        scale = learn_scale(missed, steps, frame)
        return replace(self, scale=scale).calibrate(missed, steps, frame)

    def calibrate(self, missed: Floats, steps: Integers, frame: "Frame") -> "Errors":
        """Take the interval's ends from these errors, and leave the scale.

        Forecasts that overlap share their surprise, and so do the car parks of a town: one error a lead and town counts
        as independent, and the quantiles lie a little further out for their small number n: at (n + 1)/n of the share.
        """
        scores = missed / self.scale_at(steps, frame)
        scores = scores[np.isfinite(scores)]
        if not scores.size:
            return self
        n = max(1.0, steps.size / self.lead * len(np.unique(frame.grid.towns)))
        share = min(1.0, (1 + COVERAGE) / 2 * (n + 1) / n)
        low, high = np.quantile(scores, [1 - share, share])
        return replace(self, low=min(float(low), 0.0), high=max(float(high), 0.0))

    def scale_at(self, steps: Integers, frame: "Frame") -> Floats:
        """Give the scale at these steps, (n_parks, len(steps))."""
        hour = steps % DAY_STEPS * N_HOURS // DAY_STEPS
        rest = frame.is_rest[:, steps].astype(np.int64)
        return self.scale[np.arange(len(self.scale))[:, None], rest, hour[None, :]]

    def around(self, told: Floats, steps: Integers, frame: "Frame") -> tuple[Floats, Floats]:
        """Give the ends of the intervals around forecasts for these steps, within 0 to 1."""
        scale = self.scale_at(steps, frame)
        low, high = np.clip(told + self.low * scale, 0.0, 1.0), np.clip(told + self.high * scale, 0.0, 1.0)
        return low, high


def no_errors(n_parks: int, lead: int) -> Errors:
    """Start with nothing known."""
    return Errors(np.full((n_parks, 2, N_HOURS), LEAST_SCALE), float("nan"), float("nan"), lead)


def learn_scale(missed: Floats, steps: Integers, frame: "Frame") -> Floats:
    """Give the mean absolute error by car park, rest day and hour; thin cells lean on the car park's mean."""
    is_known = np.isfinite(missed)
    size = np.where(is_known, np.abs(missed), 0.0)
    n_parks = len(missed)
    cell = frame.is_rest[:, steps].astype(np.int64) * N_HOURS + (steps % DAY_STEPS * N_HOURS // DAY_STEPS)[None, :]
    index = (np.arange(n_parks)[:, None] * 2 * N_HOURS + cell).ravel()
    total = np.bincount(index, size.ravel(), n_parks * 2 * N_HOURS).reshape(n_parks, -1)
    count = np.bincount(index, is_known.ravel().astype(float), n_parks * 2 * N_HOURS).reshape(n_parks, -1)
    mean = total.sum(axis=1, keepdims=True) / np.maximum(count.sum(axis=1, keepdims=True), 1)
    scale: Floats = np.maximum((total + PRIOR_N * mean) / (count + PRIOR_N), LEAST_SCALE)
    return scale.reshape(n_parks, 2, N_HOURS)
