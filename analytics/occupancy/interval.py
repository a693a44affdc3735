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

    `low` and `high` are quantiles of error over scale; both are NaN where nothing was learnt.
    """

    scale: Floats
    low: float
    high: float

    def learn(self, missed: Floats, steps: Integers, frame: "Frame") -> "Errors":
        """Learn from errors (n_parks, len(steps)) of forecasts for these steps, NaN where not known.

        Days that are like one another make few errors look like many. So each half of the steps is judged by what the
        other half teaches. As far as fewer than `COVERAGE` of them lie within, the quantiles are taken further out, by
        half of it: all of the days fall short by about half as much as half of them.
        """
        is_late = steps >= np.median(steps) if steps.size else np.zeros(0, dtype=bool)
        shares = [
            self.fit(missed[:, ~half], steps[~half], frame, COVERAGE).cover(missed[:, half], steps[half], frame)
            for half in (is_late, ~is_late)
        ]
        known = [share for share in shares if np.isfinite(share)]
        short = max(0.0, COVERAGE - sum(known) / len(known)) if known else 0.0
        return self.fit(missed, steps, frame, min(1.0, COVERAGE + short / 2))

    def fit(self, missed: Floats, steps: Integers, frame: "Frame", coverage: float) -> "Errors":
        """Take scale and ends from these errors, so that this share of them lies within."""
        if not np.isfinite(missed).any():
            return self
        known = replace(self, scale=learn_scale(missed, steps, frame))
        scores = missed / known.scale_at(steps, frame)
        low, high = np.quantile(scores[np.isfinite(scores)], [(1 - coverage) / 2, (1 + coverage) / 2])
        return replace(known, low=min(float(low), 0.0), high=max(float(high), 0.0))

    def cover(self, missed: Floats, steps: Integers, frame: "Frame") -> float:
        """Give the share of errors at these steps that lie within, NaN where none is known."""
        scores = missed / self.scale_at(steps, frame)
        scores = scores[np.isfinite(scores)]
        return float(((scores >= self.low) & (scores <= self.high)).mean()) if scores.size else float("nan")

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


def no_errors(n_parks: int) -> Errors:
    """Start with nothing known."""
    return Errors(np.full((n_parks, 2, N_HOURS), LEAST_SCALE), float("nan"), float("nan"))


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
