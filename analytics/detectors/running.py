"""Running rows: level, step and spread of a series against all its rows before, and against the usual course of a day.

For streams of any rhythm, from the first hundred rows on. Five looks at each row: the value, the mean of the last 10
and of the last 48 rows (each against its running mean, and its distance from the usual value of its hour against the
running mean of these distances), the step from the row before, the spread of the last 24 rows. Each gives a distance z
in running spreads, without an upper end; what they say adds up as sum of log(1 + z), to which a tenth of the
surprise of the context is added (`analytics.running.context`). What a series does every day is ordinary at its hour
only. A score of 8 means a sum of `OPEN_SUM`; up to `CALM_SUM` it is 0.

Why logarithms: a fault shows in several looks at once, an outlier of a noisy series in one; and a single absurd value
(a step of ten orders of magnitude) must not be stranger than all real faults together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.detectors import ASPECTS, UNWATCHED, DetectorEntry, Floats, Part, Remembering, Scores, is_fresh
from analytics.detectors.robust import LARGEST
from analytics.running.memory import (
    LONG,
    OFF_HOUR,
    SPREAD,
    STEP,
    Memory,
    Seen,
    memory_of,
    no_memory,
    stack,
    take_apart,
)
from analytics.running.moments import Integers

OPEN_AT = 8.0
N_ROWS_LEAST = 100
N_CHANGES_LEAST = 50  # of a series that never moved nobody knows what a movement means
CONTEXT = 0.1
CALM_SUM = 5.0
OPEN_SUM = 12.0
USUAL_SPREADS = 3.0  # what is told as the usual range
ASPECT_BY_LOOK = np.array(
    [
        ASPECTS.index(name)
        for name in ("value", "short_mean", "long_mean", "step", "spread", "hour", "short_mean", "long_mean")
    ]
)


class RunningRows(Remembering[Memory]):
    """The detector; see the module's text. What it learns of a series takes 3 kB."""

    def __init__(self) -> None:
        super().__init__(no_memory(), memory_of, score_together)


def score_together(detectors: Sequence[RunningRows], parts: Sequence[Part]) -> list[Scores]:
    """Score and learn a part of each of many series, row by row side by side; each gives what it would give alone."""
    scores = [Scores.unknown(len(values)) for _, values in parts]
    fresh = [
        np.flatnonzero(is_fresh(at_s, values, float(one.memory.last_s[0])))
        for one, (at_s, values) in zip(detectors, parts, strict=True)
    ]
    longest_first = sorted(range(len(parts)), key=lambda index: -fresh[index].size)
    order = [index for index in longest_first if fresh[index].size]
    if not order:
        return scores
    memory = stack([detectors[index].memory for index in order])
    rows = side_by_side([parts[index] for index in order], [fresh[index] for index in order])
    scored = follow(memory, rows)
    for place, (index, own) in enumerate(zip(order, take_apart(memory), strict=True)):
        detectors[index].memory = own
        n = fresh[index].size
        for name in Scores.__slots__:
            getattr(scores[index], name)[fresh[index]] = getattr(scored, name)[:n, place]
    return scores


@dataclass(frozen=True, slots=True)
class Rows:
    """Instants [Unix s] and values, (n_rows, n_series), series of most rows first; `n_series` that have each row."""

    at_s: Floats
    values: Floats
    n_series: list[int]


def side_by_side(parts: Sequence[Part], fresh: Sequence[Any]) -> Rows:
    """Lay the fresh rows of series beside one another."""
    sizes = np.array([own.size for own in fresh])
    at_s, values = np.zeros((2, sizes[0], len(parts)))
    for place, ((own_s, own), chosen) in enumerate(zip(parts, fresh, strict=True)):
        at_s[: chosen.size, place] = own_s[chosen]
        values[: chosen.size, place] = np.clip(own[chosen], -LARGEST, LARGEST)
    n_series = np.searchsorted(-sizes, -np.arange(sizes[0]), side="left")
    return Rows(at_s, values, n_series.tolist())


def follow(memory: Memory, rows: Rows) -> Scores:
    """Score row by row; arrays are (n_rows, n_series)."""
    scored = Scores(*(np.zeros(rows.values.shape, dtype) for dtype in (float, np.int64, float, float, float)))
    view = memory
    for index, n_series in enumerate(rows.n_series):
        if n_series < view.n.size:
            view = memory.first(n_series)
        seen = view.step(rows.at_s[index, :n_series].copy(), rows.values[index, :n_series].copy())
        score = score_of(seen)
        score[view.n_changed < N_CHANGES_LEAST] = 0.0
        score[view.n <= N_ROWS_LEAST] = np.nan
        scored.value[index, :n_series] = score
        put_words(scored, index, seen, np.flatnonzero(score > 0))
    return scored


def score_of(seen: Seen) -> Floats:
    """Put the looks at one row of each series on the common scale."""
    z = seen.strange
    looks = np.log1p(np.concatenate((np.hypot(z[: LONG + 1], z[OFF_HOUR:]), z[STEP : SPREAD + 1])))
    total = looks[0] + looks[1] + looks[2] + looks[3] + looks[4] + CONTEXT * seen.surprise
    score: Floats = np.maximum(total - CALM_SUM, 0.0) * (OPEN_AT / (OPEN_SUM - CALM_SUM))
    return score


def put_words(scored: Scores, index: int, seen: Seen, series: Integers) -> None:
    """Write what the strangest look at one row of these series saw, and what is usual."""
    if not series.size:
        return
    look = seen.strange[:, series].argmax(axis=0)
    value, middle = seen.values[look, series], seen.means[look, series]
    reach = USUAL_SPREADS * seen.spreads[look, series]
    # A distance from the hour's usual value is told as the value itself.
    shift = np.where(look >= OFF_HOUR, seen.values[look - OFF_HOUR, series] - value, 0.0)
    low = np.where(look == SPREAD, np.maximum(middle - reach, 0.0), middle - reach + shift)
    scored.aspect[index, series] = ASPECT_BY_LOOK[look]
    scored.looked_at[index, series] = value + shift
    scored.low[index, series], scored.high[index, series] = low, middle + reach + shift


DETECTOR = DetectorEntry(
    name="running_rows",
    version="1",
    finding_kind="unusual_value",
    kinds=("gauge",),
    make=RunningRows,
    open_at=OPEN_AT,
    close_at=4.0,
    n_calm=3,
    without=UNWATCHED,
    score_together=score_together,
)
