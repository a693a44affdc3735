"""All that is remembered of the last rows of series, many side by side: stepped row by row, stacked and taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.running.context import N_SYMBOLS, Contexts
from analytics.running.hours import N_HOURS, NO_HOUR, Course
from analytics.running.moments import SMALLEST, Floats, Integers, Mask, Moments
from analytics.running.windows import Window

VALUE, SHORT, LONG, STEP, SPREAD, OFF_HOUR, OFF_HOUR_SHORT, OFF_HOUR_LONG = range(8)
N_SHORT, N_LONG, N_SPREAD = 10, 48, 24
N_LEAST = 20.0  # rows before a distance from their mean says anything
RESOLUTION = 1e-3  # the least spread, as share of the level: a constant series may move by its last digit
LEAST_SHARE = 0.01  # and of all but the value itself, as share of the value's spread


@dataclass(frozen=True, slots=True)
class Seen:
    """What one row of each series looks like: values, distances and spreads, (8, n_series); surprise (n_series,)."""

    values: Floats
    means: Floats
    strange: Floats
    spreads: Floats
    surprise: Floats


@dataclass(slots=True)
class Memory:
    """What was learnt of series, the last axis; the rest is (n_series,).

    `n` rows so far, `n_off` of them at known hours, `n_changed` unlike the row before; last value and instant [Unix s].
    """

    moments: Moments
    windows: tuple[Window, Window, Window]  # of N_SHORT, N_LONG, N_SPREAD values
    off_windows: tuple[Window, Window]  # of N_SHORT, N_LONG distances from the hour's usual value
    course: Course
    contexts: Contexts
    n: Integers
    n_off: Integers
    n_changed: Integers
    value: Floats
    last_s: Floats

    def step(self, at_s: Floats, values: Floats) -> Seen:
        """Look at one row of each series against all before, then learn it."""
        looked, is_expected = self.look(at_s, values)
        taught = np.ones(looked.shape, dtype=bool)
        taught[STEP] = self.n > 1
        taught[OFF_HOUR:] = is_expected
        level, spread = np.abs(self.moments.mean[VALUE]), np.sqrt(self.moments.variance[VALUE])
        floor = RESOLUTION * level + SMALLEST + np.array([0.0, *[LEAST_SHARE] * 7])[:, None] * spread
        means = self.moments.mean.copy()
        strange, spreads = self.moments.strangeness(looked, floor, N_LEAST)
        strange[OFF_HOUR:] = np.where(is_expected, strange[OFF_HOUR:], 0.0)
        surprise = self.contexts.surprise(values, (values - means[VALUE]) / spreads[VALUE])
        self.moments.learn(looked, taught)
        self.value[...], self.last_s[...] = values, at_s
        return Seen(looked, means, strange, spreads, surprise)

    def look(self, at_s: Floats, values: Floats) -> tuple[Floats, Mask]:
        """Give the eight quantities of a row, and of which series the hour's usual value is known."""
        expected, is_expected = self.course.follow(at_s, values)
        for window in self.windows:
            window.put(values, self.n)
        self.n += 1
        off = np.where(is_expected, values - expected, 0.0)
        known = np.flatnonzero(is_expected)
        for window in self.off_windows:
            window.rows[self.n_off[known] % len(window.rows), known] = off[known]
        self.n_off += is_expected
        n_off = np.maximum(self.n_off, 1)
        step = values - np.where(self.n > 1, self.value, values)
        self.n_changed += step != 0
        short, long, spread = self.windows
        looked = (values, short.mean(self.n), long.mean(self.n), step, spread.spread(self.n))
        return np.stack((*looked, off, *(window.mean(n_off) for window in self.off_windows))), is_expected

    def first(self, n_series: int) -> "Memory":
        """Give a view of the first series."""
        return memory_of([array[..., :n_series] for array in self.arrays()])

    def arrays(self) -> list[Any]:
        """Give all arrays, in the order in which `memory_of` takes them."""
        moments, course, contexts = self.moments, self.course, self.contexts
        windows = [one.rows for one in (*self.windows, *self.off_windows)]
        kept: list[Any] = [moments.n, moments.mean, moments.variance, *windows]
        kept += [course.means, course.n_days, course.hour, course.total, course.n]
        kept += [contexts.came, contexts.followed, contexts.low, contexts.high, contexts.last]
        return [*kept, self.n, self.n_off, self.n_changed, self.value, self.last_s]


def no_memory() -> Memory:
    """Start with one series of which nothing is known."""
    lengths: tuple[int, ...] = (8, 8, 8, N_SHORT, N_LONG, N_SPREAD, N_SHORT, N_LONG, N_HOURS, N_HOURS)
    course: list[Any] = [np.full(1, NO_HOUR), np.zeros(1), np.zeros(1)]
    counts: list[Any] = [np.zeros((N_SYMBOLS, 1)), np.zeros((N_SYMBOLS, N_SYMBOLS, 1))]
    ends: list[Any] = [np.full(1, np.inf), np.full(1, -np.inf), np.zeros(1, np.int64)]
    own: list[Any] = [*(np.zeros(1, np.int64) for _ in range(3)), np.zeros(1), np.full(1, -np.inf)]
    return memory_of([*(np.zeros((n, 1)) for n in lengths), *course, *counts, *ends, *own])


def memory_of(arrays: Sequence[Any]) -> Memory:
    """Put arrays together again."""
    short, long, spread, off_short, off_long = (Window(rows) for rows in arrays[3:8])
    windows, off_windows = (short, long, spread), (off_short, off_long)
    moments, course, contexts = Moments(*arrays[:3]), Course(*arrays[8:13]), Contexts(*arrays[13:18])
    return Memory(moments, windows, off_windows, course, contexts, *arrays[18:])


def stack(memories: Sequence[Memory]) -> Memory:
    """Put series side by side, as a copy."""
    return memory_of([np.concatenate(p, axis=-1) for p in zip(*(one.arrays() for one in memories), strict=True)])


def take_apart(memory: Memory) -> list[Memory]:
    """Give each series its own memory again."""
    arrays = memory.arrays()
    return [memory_of([array[..., index : index + 1] for array in arrays]) for index in range(memory.n.size)]
