"""Level of one series: how far a value lies outside all that was usual around its hour, and a day outside its weeks.

Two questions, and the stranger answer counts: is the value outside the envelope of the hours around it in the last
weeks (`analytics.usual.hours`), and do the lowest, mean or highest value of the last days lie outside the range of the
weeks before (`analytics.usual.days`)? Both are measured in shares of the width of what is usual, which makes series of
all units and rhythms alike, and divided down where the series itself has been as strange before
(`analytics.usual.habit`). What lies within the envelope scores 0. The aspect of a value is `value` where it lies
outside all hours, `hour` where it is strange for its hour alone.

Everything is learnt at the end of a UTC day, so that all values of a day, of many series, are scored at once against
the same envelope. Knows nothing (None) until `N_DAYS_LEAST` days with values have been learnt. Days without values
teach nothing. A day widens the envelope by a little only: a lasting change becomes usual within days to weeks, an
outlier does not hide the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.detectors import ASPECTS, UNWATCHED, DetectorEntry, Part, Remembering, Scores, is_fresh
from analytics.usual.hours import N_HOURS, Floats, Integers, Mask
from analytics.usual.memory import Frame, Memory, memory_of, no_memory, stack, take_apart

LARGEST = 1e150  # widths of larger values overflow
HOUR_S = 3600.0
OPEN_AT = 8.0
VALUE, HOUR = ASPECTS.index("value"), ASPECTS.index("hour")
DAY = ASPECTS.index("day_low")  # the aspects of days follow one another


class RobustLevel(Remembering[Memory]):
    """The detector; see the module's text. What it learns of a series takes 5 kB."""

    def __init__(self) -> None:
        super().__init__(no_memory(), memory_of, score_together)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The values of many series that can be scored, one after the other.

    `series` and `hour` (since 1970) of each, `index` in the part it came from, `rank`: the how manieth day of its
    series it belongs to.
    """

    series: Integers
    index: Integers
    hour: Integers
    rank: Integers
    values: Floats


def score_together(detectors: Sequence[RobustLevel], parts: Sequence[Part]) -> list[Scores]:
    """Score and learn a part of each of many series; each gives what it would give alone."""
    memory = stack([one.memory for one in detectors])
    fresh = take_fresh(memory, parts)
    scores = [Scores.unknown(len(values)) for _, values in parts]
    if fresh.values.size:
        frames = follow(memory, fresh)
        write(scores, fresh, score_values(fresh, frames))
        for detector, own in zip(detectors, take_apart(memory), strict=True):
            detector.memory = own
    return scores


def take_fresh(memory: Memory, parts: Sequence[Part]) -> Fresh:
    """Take the values that are finite and come later than all before; their series remember the last instant."""
    kept = [np.flatnonzero(is_fresh(at_s, values, memory.last_s[i])) for i, (at_s, values) in enumerate(parts)]
    at_s = np.concatenate([at[own] for (at, _), own in zip(parts, kept, strict=True)])
    values = np.concatenate([values[own] for (_, values), own in zip(parts, kept, strict=True)])
    sizes = np.array([own.size for own in kept])
    memory.last_s[sizes > 0] = at_s[np.cumsum(sizes)[sizes > 0] - 1]
    series = np.repeat(np.arange(len(parts)), sizes)
    hour = (at_s // HOUR_S).astype(np.int64)
    is_new = changes(series) | changes(hour // N_HOURS)
    days_before = np.cumsum(is_new)
    first = np.flatnonzero(changes(series))
    rank: Integers = days_before - np.repeat(days_before[first], sizes[sizes > 0])
    return Fresh(series, np.concatenate(kept), hour, rank, np.clip(values, -LARGEST, LARGEST))


def changes(keys: Integers) -> Mask:
    """Say where a key differs from the one before; the first always does."""
    return np.concatenate((np.ones(min(1, keys.size), dtype=bool), keys[1:] != keys[:-1]))


def follow(memory: Memory, fresh: Fresh) -> list[Frame]:
    """Go from day to day, of all series side by side: learn what is over, give what the next is scored against."""
    first = np.flatnonzero(changes(fresh.series) | changes(fresh.hour))
    lows, highs = np.minimum.reduceat(fresh.values, first), np.maximum.reduceat(fresh.values, first)
    series, hour, rank = fresh.series[first], fresh.hour[first], fresh.rank[first]
    order = np.argsort(rank, kind="stable")
    ends = np.searchsorted(rank[order], np.arange(int(rank.max()) + 2))
    frames = []
    for begin, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        chosen = order[begin:end]
        cells = np.full_like(memory.today, np.inf)
        slots = hour[chosen] % N_HOURS
        cells[series[chosen], 0, slots], cells[series[chosen], 1, slots] = lows[chosen], -highs[chosen]
        day, is_there = np.zeros_like(memory.day), np.zeros(memory.day.size, dtype=bool)
        day[series[chosen]], is_there[series[chosen]] = hour[chosen] // N_HOURS, True
        frames.append(memory.advance(day, cells, is_there, OPEN_AT))
    return frames


def score_values(fresh: Fresh, frames: Sequence[Frame]) -> Scores:
    """Score all values at once, each by the frame of its day."""
    rank, series, slot, values = fresh.rank, fresh.series, fresh.hour % N_HOURS, fresh.values
    bounds, ever = np.stack([one.usual.bounds for one in frames]), np.stack([one.usual.ever for one in frames])
    low, high = bounds[rank, series, 0, slot], -bounds[rank, series, 1, slot]
    unit = np.stack([one.usual.unit for one in frames])[rank, series, slot]
    damping = np.stack([one.hour_damping for one in frames])[rank, series]
    is_known = np.stack([one.is_known for one in frames])[rank, series]
    is_beyond = (values < ever[rank, series, 0]) | (values > -ever[rank, series, 1])
    beyond = np.maximum(np.maximum(low - values, values - high), 0.0)
    score = np.divide(beyond, unit * damping, out=np.full(values.size, np.nan), where=is_known)
    aspect = np.where(is_beyond, VALUE, np.where(score > 0, HOUR, VALUE))
    scores = Scores(score, aspect, values.copy(), low, high)
    put_days(scores, fresh, frames)
    return scores


def put_days(scores: Scores, fresh: Fresh, frames: Sequence[Frame]) -> None:
    """Let the score of the days before stand for values that are less strange themselves."""
    damped = np.stack([one.before.value / one.day_damping for one in frames])[fresh.rank, fresh.series]
    chosen = np.flatnonzero(damped > scores.value)  # false where not known
    if not chosen.size:
        return
    rank, series = fresh.rank[chosen], fresh.series[chosen]
    scores.value[chosen] = damped[chosen]
    scores.aspect[chosen] = DAY + np.stack([one.before.aspect for one in frames])[rank, series]
    scores.looked_at[chosen] = np.stack([one.before.looked_at for one in frames])[rank, series]
    scores.low[chosen] = np.stack([one.before.low for one in frames])[rank, series]
    scores.high[chosen] = np.stack([one.before.high for one in frames])[rank, series]


def write(scores: Sequence[Scores], fresh: Fresh, scored: Scores) -> None:
    """Give each series its scores."""
    first = np.flatnonzero(changes(fresh.series))
    for begin, end in zip(first.tolist(), [*first[1:].tolist(), fresh.series.size], strict=True):
        scores[fresh.series[begin]].put(fresh.index[begin:end], scored, slice(begin, end))


DETECTOR = DetectorEntry(
    name="robust_level",
    version="2",
    finding_kind="unusual_value",
    kinds=("gauge",),
    make=RobustLevel,
    open_at=OPEN_AT,
    close_at=4.0,
    n_calm=3,
    n_open=3,
    sure_at=24.0,
    slow_aspects=("hour",),
    slow_s=12 * HOUR_S,
    without=UNWATCHED,
    score_together=score_together,
)
