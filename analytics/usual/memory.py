"""All that is remembered of series, many side by side: made one, stacked and taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.usual.days import DayScores, UsualDays, no_days
from analytics.usual.habit import Habit, no_habit
from analytics.usual.hours import N_HOURS, Floats, Integers, Mask, Usual, UsualHours, no_hours

N_DAYS_LEAST = 8  # learnt days: a week has weekends in it
NO_DAY = -(2**62)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a day's values are scored against: usual bounds, the score of the days before, dampings, what is known."""

    usual: Usual
    before: DayScores
    hour_damping: Floats
    day_damping: Floats
    is_known: Mask


@dataclass(slots=True)
class Memory:
    """What was learnt of series; the running day (UTC days since 1970) and its bounds; the last instant (Unix s)."""

    hours: UsualHours
    days: UsualDays
    hour_habit: Habit
    day_habit: Habit
    day: Integers
    today: Floats
    last_s: Floats

    def advance(self, day: Integers, cells: Floats, is_there: Mask, open_at: float) -> Frame:
        """Take in bounds of a day of the series that are there, after closing the day before; give what scores them."""
        is_over = is_there & (self.day != day) & (self.day != NO_DAY)
        if is_over.any():
            self.close_day(is_over)
        self.day = np.where(is_there, day, self.day)
        self.today = np.minimum(self.today, cells)
        dampings = self.hour_habit.damping(open_at), self.day_habit.damping(open_at)
        return Frame(self.hours.usual(), self.days.score(), *dampings, self.hours.n_days >= N_DAYS_LEAST)

    def close_day(self, is_over: Mask) -> None:
        """Learn the day that is over."""
        today = np.where(is_over[:, None, None], self.today, np.inf)
        usual, is_known = self.hours.usual(), is_over & (self.hours.n_days >= N_DAYS_LEAST)
        is_seen = np.isfinite(today) & np.isfinite(usual.bounds)
        beyond = np.subtract(usual.bounds, today, out=np.zeros_like(today), where=is_seen)
        self.hour_habit.learn((beyond.max(axis=1) / usual.unit).max(axis=1), is_known)
        self.day_habit.learn(self.days.score().value, is_known)
        self.hours.learn(today, usual, is_over)
        self.days.learn(today, is_over)
        self.today[is_over] = np.inf

    def arrays(self) -> list[Any]:
        """Give all arrays, in the order in which `memory_of` takes them."""
        hours, habits = self.hours, (self.hour_habit, self.day_habit)
        kept = [hours.weeks, hours.ever, hours.last, hours.n_seen, hours.n_days, hours.n_moved, self.days.days]
        kept += [array for habit in habits for array in (habit.weeks, habit.n_days)]
        return [*kept, self.day, self.today, self.last_s]


def no_memory() -> Memory:
    """Start with one series of which nothing is known."""
    today = np.full((1, 2, N_HOURS), np.inf)
    return Memory(
        no_hours(), no_days(), no_habit(), no_habit(), np.full(1, NO_DAY, np.int64), today, np.full(1, -np.inf)
    )


def memory_of(arrays: Sequence[Any]) -> Memory:
    """Put arrays together again."""
    days, hour_weeks, hour_n, day_weeks, day_n, day, today, last_s = arrays[6:]
    habits = Habit(hour_weeks, hour_n), Habit(day_weeks, day_n)
    return Memory(UsualHours(*arrays[:6]), UsualDays(days), *habits, day, today, last_s)


def stack(memories: Sequence[Memory]) -> Memory:
    """Put series side by side, as a copy."""
    return memory_of([np.concatenate(parts) for parts in zip(*(one.arrays() for one in memories), strict=True)])


def take_apart(memory: Memory) -> list[Memory]:
    """Give each series its own memory again."""
    arrays = memory.arrays()
    return [memory_of([array[index : index + 1] for array in arrays]) for index in range(len(memory.day))]
