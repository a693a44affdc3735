"""Seasonal slot: a value against what the series says in this slot of the week, or of the sun's course.

What is expected, and by which clock, is in `analytics.usual.seasons`: working days, Saturdays, Sundays and public
holidays each have their own course, in civil hours or in eighths of the night and of the day. The score is the
distance from it in ordinary strays, less `CALM`, divided down where the series itself strayed as far in the weeks
before (`analytics.usual.habit`). All is learnt at the end of a UTC day; nothing is known for the first `N_DAYS_LEAST`
days with values, nor of a slot seen less than twice.

Not watched live (its entry has no `score_together`): on simulated towns it told nothing that others had not told, at
the price of two of them. Memory of a series: 6 kB (JSON).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.detectors import ASPECTS, DetectorEntry, Part, Remembering, Scores
from analytics.detectors.change_point import SHIFTING
from analytics.usual.daily import HOUR_S, LARGEST, Chosen, days_of, hours_of, score_by_days
from analytics.usual.habit import Habit, no_habit
from analytics.usual.hours import N_HOURS, Floats, Integers, Mask
from analytics.usual.seasons import Expected, Seasons, no_seasons
from analytics.usual.slots import slots_of

OPEN_AT = 8.0
CALM = 4.0  # strays that are nothing to speak of
N_DAYS_LEAST = 15  # two weekends and the days between
NO_DAY = -(2**62)
SLOT = ASPECTS.index("hour")


@dataclass(slots=True)
class Memory:
    """What was learnt of series; the running day (UTC days since 1970) and its hours; its highest score; last instant.

    `sums`, `strays` and `counts` (n_series, 24) are of values, and of their distances from what was expected.
    """

    seasons: Seasons
    habit: Habit
    day: Integers
    sums: Floats
    strays: Floats
    counts: Floats
    highest: Floats
    last_s: Floats

    def arrays(self) -> list[Any]:
        """Give all arrays, in the order in which `memory_of` takes them."""
        own, habit = self.seasons, self.habit
        learnt = [own.level, own.stray, own.n_seen, own.error, own.offset, habit.weeks, habit.n_days]
        return [*learnt, self.day, self.sums, self.strays, self.counts, self.highest, self.last_s]

    def begin_day(self, day: Integers, is_there: Mask) -> Expected:
        """Go to another day in the series that are there, after learning the day before; give what is expected."""
        is_over = is_there & (self.day != day) & (self.day != NO_DAY)
        if is_over.any():
            self.close_day(is_over)
        self.day = np.where(is_there, day, self.day)
        return self.seasons.expect(slots_together(self.day))

    def close_day(self, is_over: Mask) -> None:
        """Learn the day that is over."""
        is_seen = self.counts > 0
        means = np.divide(self.sums, self.counts, out=np.full_like(self.sums, np.nan), where=is_seen)
        strays = np.divide(self.strays, self.counts, out=np.zeros_like(self.strays), where=is_seen)
        self.seasons.learn(slots_together(self.day), means, strays, is_over)
        self.habit.learn(self.highest, is_over)
        for array in (self.sums, self.strays, self.counts, self.highest):
            array[is_over] = 0.0

    def note(self, index: int, hours: Integers, values: Floats, strays: Floats, highest: float) -> None:
        """Add values to the running day of one series, one after the other: the same sums however they were cut."""
        np.add.at(self.sums[index], hours, values)
        np.add.at(self.strays[index], hours, strays)
        np.add.at(self.counts[index], hours, 1.0)
        self.highest[index] = max(self.highest[index], highest)


class SeasonalSlot(Remembering[Memory]):
    """The detector; see the module's text."""

    def __init__(self) -> None:
        super().__init__(no_memory(), memory_of, score_together)


def score_together(detectors: Sequence[SeasonalSlot], parts: Sequence[Part]) -> list[Scores]:
    """Score and learn a part of each of many series; each gives what it would give alone."""
    return score_by_days(detectors, parts, score_day)


def score_day(memory: Memory, scores: Sequence[Scores], parts: Sequence[Part], chosen: Chosen) -> None:
    """Score one day of the series that have a further one, then add its values to the running day."""
    expected = memory.begin_day(*days_of(parts, chosen))
    damping, is_ripe = memory.habit.damping(OPEN_AT), memory.habit.n_days >= N_DAYS_LEAST
    for index, own in chosen.items():
        hours, values = hours_of(parts[index][0][own]), np.clip(parts[index][1][own], -LARGEST, LARGEST)
        low, high = expected.low[index, hours], expected.high[index, hours]
        stray, is_known = expected.stray[index, hours], expected.is_known[index, hours]
        away = np.where(is_known, np.maximum(np.maximum(low - values, values - high), 0.0), 0.0)
        score = np.maximum(away / stray - CALM, 0.0)
        put(scores[index], own, values, (low, high), np.where(np.isfinite(stray), CALM * stray, 0.0))
        scores[index].value[own] = np.where(is_known & is_ripe[index], score / damping[index], np.nan)
        memory.note(index, hours, values, away, float(score.max()) if is_ripe[index] else 0.0)


def put(scores: Scores, own: Integers, values: Floats, bounds: tuple[Floats, Floats], reach: Floats) -> None:
    """Write what was looked at, and what is usual."""
    scores.aspect[own], scores.looked_at[own] = SLOT, values
    scores.low[own], scores.high[own] = bounds[0] - reach, bounds[1] + reach


def slots_together(days: Integers) -> Integers:
    """Give the slots of each series' day, (n_series, CLOCKS, 24)."""
    found, place = np.unique(days, return_inverse=True)
    slots: Integers = np.stack([slots_of(int(day)) for day in found])[place]
    return slots


def memory_of(arrays: Sequence[Any]) -> Memory:
    """Put arrays together again, as a copy."""
    own = [np.array(array) for array in arrays]
    return Memory(Seasons(*own[:5]), Habit(*own[5:7]), *own[7:])


def no_memory() -> Memory:
    """Start with one series of which nothing is known."""
    hours = np.zeros((1, N_HOURS))
    running = np.full(1, NO_DAY, dtype=np.int64), hours, hours.copy(), hours.copy()
    return Memory(no_seasons(), no_habit(), *running, np.zeros(1), np.full(1, -np.inf))


DETECTOR = DetectorEntry(
    name="seasonal_slot",
    version="1",
    finding_kind="unusual_value",
    kinds=("gauge",),
    make=SeasonalSlot,
    open_at=OPEN_AT,
    close_at=4.0,
    n_calm=3,
    slow_aspects=("hour",),
    slow_s=12 * HOUR_S,
    without=SHIFTING,
)
