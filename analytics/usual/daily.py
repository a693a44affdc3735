"""Many series side by side, one UTC day after the other: for detectors that learn when a day is over."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np

from analytics.detectors import Memory, Part, Remembering, Scores, is_fresh
from analytics.usual.hours import N_HOURS, Floats, Integers, Mask

HOUR_S = 3600.0
DAY_S = N_HOURS * HOUR_S
LARGEST = 1e140  # a year of larger values adds up to more than a float holds
Chosen = Mapping[int, Integers]
"""The places of a day's values in the part of each series that has such a day."""


class DailyMemory(Memory, Protocol):
    """What was learnt of series, and the last instant of each [Unix s]."""

    last_s: Floats


M = TypeVar("M", bound=DailyMemory)
ScoreDay = Callable[[M, Sequence[Scores], Sequence[Part], Chosen], None]


def score_by_days(detectors: Sequence[Remembering[M]], parts: Sequence[Part], score_day: ScoreDay[M]) -> list[Scores]:
    """Score and learn a part of each of many series day by day; each gives what it would give alone."""
    memory_of = detectors[0].memory_of
    memory = memory_of([np.concatenate(own) for own in zip(*(one.memory.arrays() for one in detectors), strict=True)])
    scores = [Scores.unknown(len(values)) for _, values in parts]
    kept = [np.flatnonzero(is_fresh(at_s, values, memory.last_s[index])) for index, (at_s, values) in enumerate(parts)]
    days = [cut_days(at_s[own]) for (at_s, _), own in zip(parts, kept, strict=True)]
    for step in range(max((len(own) for own in days), default=0)):
        chosen = {index: own[days[index][step]] for index, own in enumerate(kept) if step < len(days[index])}
        score_day(memory, scores, parts, chosen)
        for index, own in chosen.items():
            memory.last_s[index] = parts[index][0][own[-1]]
    for index, detector in enumerate(detectors):
        detector.memory = memory_of([array[index : index + 1] for array in memory.arrays()])
    return scores


def cut_days(at_s: Floats) -> list[slice]:
    """Cut instants in order where a UTC day ends."""
    edges = np.flatnonzero(np.diff(at_s // DAY_S)) + 1
    ends = [*edges.tolist(), at_s.size]
    return [slice(begin, end) for begin, end in zip([0, *edges.tolist()], ends, strict=True) if end > begin]


def days_of(parts: Sequence[Part], chosen: Chosen) -> tuple[Integers, Mask]:
    """Give the day of each series (UTC days since 1970, 0 where it has none), and which have one."""
    day, is_there = np.zeros(len(parts), dtype=np.int64), np.zeros(len(parts), dtype=np.bool_)
    for index, own in chosen.items():
        day[index], is_there[index] = parts[index][0][own[0]] // DAY_S, True
    return day, is_there


def hours_of(at_s: Floats) -> Integers:
    """Give the hours of instants within their UTC day."""
    hours: Integers = (at_s // HOUR_S).astype(np.int64) % N_HOURS
    return hours
