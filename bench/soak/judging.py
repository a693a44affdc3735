"""Whether a figure stays flat: the robust slope of its samples after a warm-up, against a stated bound."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_SAMPLES = 8
MOST_SAMPLES = 400  # of more, medians of neighbours are compared: pairs grow with the square


class TooShortError(ValueError):
    """There are too few samples after the warm-up to say anything."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How much a figure may grow while it is judged: a share of its level or so much, whichever is more."""

    share: float
    least: float

    def allowed(self, level: float) -> float:
        """Give the growth that counts as flat, in the figure's unit."""
        return max(self.share * abs(level), self.least)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one figure, in its unit; `growth` is the robust slope times the seconds that were judged."""

    level: float
    highest: float
    growth: float
    allowed: float

    @property
    def is_flat(self) -> bool:
        """Say whether it does not grow; falling is no fault."""
        return self.growth <= self.allowed


def judge(at_s: Sequence[float], values: Sequence[float], bound: Bound, warm_up_s: float) -> Judgement:
    """Judge the samples of one figure.

    Parameters
    ----------
    at_s, values
        Instants [s from the begin of the run], rising, and the figure then; shape `(n_samples,)`. NaN is left out.
    warm_up_s
        What lies before is left out of the slope and the level, not of `highest`.

    Raises
    ------
    TooShortError
        Fewer than 8 samples are left.
    """
    times, figures = np.asarray(at_s, dtype=float), np.asarray(values, dtype=float)
    is_told = np.isfinite(figures)
    kept = is_told & (times >= warm_up_s)
    if kept.sum() < LEAST_SAMPLES:
        raise TooShortError(f"{kept.sum()} samples after the warm-up, {LEAST_SAMPLES} are needed")
    times, late = times[kept], figures[kept]
    level = float(np.median(late))
    growth = robust_slope(times, late) * float(times[-1] - times[0])
    return Judgement(level, float(figures[is_told].max()), growth, bound.allowed(level))


def robust_slope(times: np.ndarray, values: np.ndarray) -> float:
    """Give the median of the slopes between all pairs of samples [unit per s].

    Theil-Sen (Sen 1968, doi:10.1080/01621459.1968.10480934): up to 29 % of the samples may be wild. A constant series
    gives 0. Of more than 400 samples the medians of equal stretches are taken.
    """
    times, values = thinned(times), thinned(values)
    first, second = np.triu_indices(times.size, 1)
    spans = times[second] - times[first]
    return float(np.median((values[second] - values[first])[spans > 0] / spans[spans > 0]))


def thinned(values: np.ndarray) -> np.ndarray:
    """Give at most 400 values: the medians of stretches."""
    if values.size <= MOST_SAMPLES:
        return values
    return np.array([np.median(part) for part in np.array_split(values, MOST_SAMPLES)])
