"""Change point: the level of a series, day by day, has shifted and stays so (CUSUM and Page-Hinkley, both).

What is compared, and in which unit, is in `analytics.usual.levels`: the last week with the four before it. The score
is the smaller of the two sums: 0 is ordinary, a day adds at most 2, so that three days and more must agree. It is
divided down where the series itself has shifted so weeks before (`analytics.usual.habit`). All values of a UTC day get
the score of the days that were over before it. Nothing is known until `N_DAYS_LEAST` days with values have been learnt.

Memory of a series: 1.5 kB (JSON).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.detectors import ASPECTS, UNWATCHED, DetectorEntry, Part, Remembering, Scores
from analytics.usual.daily import LARGEST, Chosen, days_of, hours_of, score_by_days
from analytics.usual.habit import Habit, no_habit
from analytics.usual.hours import N_HOURS, Floats, Integers, Mask
from analytics.usual.levels import N_RECENT, N_REFERENCE_LEAST, Levels, Shift, no_levels

OPEN_AT = 5.0
N_DAYS_LEAST = N_REFERENCE_LEAST + N_RECENT
NO_DAY = -(2**62)
LEVEL = ASPECTS.index("level")
# What follows commands (orders switch lamps for weeks), what is emptied, what the weather does to the device itself.
SHIFTING = (*UNWATCHED, "active_power", "fill_level", "device_temperature")


@dataclass(slots=True)
class Memory:
    """What was learnt of series; the running day (UTC days since 1970), its sums and counts by hour; last instant."""

    levels: Levels
    habit: Habit
    day: Integers
    sums: Floats
    counts: Floats
    last_s: Floats

    def arrays(self) -> list[Any]:
        """Give all arrays, in the order in which `memory_of` takes them."""
        levels, habit = self.levels, self.habit
        learnt = [levels.profile, levels.n_seen, levels.days, habit.weeks, habit.n_days]
        return [*learnt, self.day, self.sums, self.counts, self.last_s]

    def damping(self) -> Floats:
        """Give what to divide scores by; the last two weeks do not count, for a shift must not damp its own rise."""
        return Habit(self.habit.weeks[:, 2:], self.habit.n_days).damping(OPEN_AT)

    def begin_day(self, day: Integers, is_there: Mask) -> Shift:
        """Go to another day in the series that are there, after learning the day before; give what scores the day."""
        is_over = is_there & (self.day != day) & (self.day != NO_DAY)
        if is_over.any():
            hours = np.divide(self.sums, self.counts, out=np.full_like(self.sums, np.nan), where=self.counts > 0)
            self.levels.learn(hours, is_over)
            self.sums[is_over], self.counts[is_over] = 0.0, 0.0
        self.day = np.where(is_there, day, self.day)
        shift = self.levels.shift()
        if is_over.any():
            self.habit.learn(shift.value, is_over)
        return shift


class ChangePoint(Remembering[Memory]):
    """The detector; see the module's text."""

    def __init__(self) -> None:
        super().__init__(no_memory(), memory_of, score_together)


def score_together(detectors: Sequence[ChangePoint], parts: Sequence[Part]) -> list[Scores]:
    """Score and learn a part of each of many series; each gives what it would give alone."""
    return score_by_days(detectors, parts, score_day)


def score_day(memory: Memory, scores: Sequence[Scores], parts: Sequence[Part], chosen: Chosen) -> None:
    """Score one day of each series that has a further one, then add its values to the running day."""
    shift = memory.begin_day(*days_of(parts, chosen))
    damping = memory.damping()
    is_known = memory.habit.n_days >= N_DAYS_LEAST
    for index, own in chosen.items():
        at_s, values = parts[index]
        put(scores[index], own, shift, index, float(shift.value[index] / damping[index]) if is_known[index] else np.nan)
        hours = hours_of(at_s[own])
        # One after the other, as they came: the same sums however the values were cut into parts.
        np.add.at(memory.sums[index], hours, np.clip(values[own], -LARGEST, LARGEST))
        np.add.at(memory.counts[index], hours, 1.0)


def put(scores: Scores, own: Integers, shift: Shift, index: int, value: float) -> None:
    """Give all values of a day its score."""
    scores.value[own], scores.aspect[own] = value, LEVEL
    scores.looked_at[own], scores.low[own], scores.high[own] = shift.level[index], shift.low[index], shift.high[index]


def memory_of(arrays: Sequence[Any]) -> Memory:
    """Put arrays together again, as a copy."""
    profile, n_seen, days, weeks, n_days, *rest = (np.array(array) for array in arrays)
    return Memory(Levels(profile, n_seen, days), Habit(weeks, n_days), *rest)


def no_memory() -> Memory:
    """Start with one series of which nothing is known."""
    day, zeros = np.full(1, NO_DAY, dtype=np.int64), np.zeros((1, N_HOURS))
    return Memory(no_levels(), no_habit(), day, zeros, zeros.copy(), np.full(1, -np.inf))


DETECTOR = DetectorEntry(
    name="change_point",
    version="1",
    finding_kind="level_shift",
    kinds=("gauge",),
    make=ChangePoint,
    open_at=OPEN_AT,
    close_at=2.0,
    n_calm=3,
    n_open=1,
    without=SHIFTING,
    score_together=score_together,
)
