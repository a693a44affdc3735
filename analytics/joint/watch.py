"""The sensors of one asset watched hour by hour: learnt anew each week from its own last weeks, scored in between.

Rows are hours: the time-weighted mean of each sensor, not known where it said nothing. Pure; `analytics.watch_assets`
reads and writes. Scoring comes before learning: the model that scores an hour was learnt from hours before the last
learning instant. Hours that were strange teach nothing, unless they are half of all: then the asset has changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.joint.model import Floats, running_mean
from analytics.joint.record import Learnt, Scored, Settings, learn_record, load_learnt, save_learnt, score_record
from analytics.joint.spell import Spell, Turn

HOUR_S = 3600.0
SETTINGS = Settings(n_mean=3, n_lags=0, tolerance=0.1, n_index=6, quantile=0.99, margin=1.5)
N_LEARNT = 8 * 168  # hours that teach: what comes earlier belongs to another season
N_LEAST = 14 * 24  # hours with values before anything is said
N_BETWEEN = 168  # hours from one learning to the next
DAY = 24
N_NEEDED = N_LEARNT + SETTINGS.n_before  # hours before a span that must be there where learning is due in it
MOST_STRANGE = 0.5  # of the hours that could teach


@dataclass(frozen=True, slots=True)
class Hours:
    """Consecutive hours: index of the first since 1970, rows (n_hours, n_sensors), NaN is not known."""

    first: int
    rows: Floats

    def between(self, begin: int, end: int) -> Floats:
        """Give the rows from one hour to another; hours before the first are not known."""
        n_missing = min(max(self.first - begin, 0), end - begin)
        known = self.rows[max(begin - self.first, 0) : max(end - self.first, 0)]
        return np.concatenate((np.full((n_missing, self.rows.shape[1]), np.nan), known))


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an asset: what was learnt, strange hours that must not teach, the running spell."""

    learnt: Learnt | None
    strange: tuple[int, ...]
    spell: Spell


NOTHING = Memory(None, (), Spell())


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a spell in hours that were scored together: the turns, and what they were judged by."""

    first: int
    turns: list[Turn]
    scored: Scored
    means: Floats


def watch_hours(memory: Memory, hours: Hours, span: tuple[int, int], phase: int) -> tuple[Memory, list[Told]]:
    """Score the hours of a span [begin, end), learning anew at each hour of the week that is `phase`.

    Where nothing is known yet, every day is tried.
    """
    told = []
    for begin, end in days(span, phase):
        if begin % N_BETWEEN == phase or (memory.learnt is None and begin % DAY == phase % DAY):
            memory = learn_anew(memory, hours, begin)
        if memory.learnt is not None:
            memory, one = score_hours(memory, memory.learnt, hours, (begin, end))
            told.append(one)
    return memory, told


def days(span: tuple[int, int], phase: int) -> Iterator[tuple[int, int]]:
    """Cut a span where learning may be due."""
    begin, end = span
    while begin < end:
        until = min(end, begin + DAY - (begin - phase) % DAY)
        yield begin, until
        begin = until


def learn_anew(memory: Memory, hours: Hours, now: int) -> Memory:
    """Learn from the hours before an instant; keep what was learnt where they are too few."""
    rows = hours.between(now - N_LEARNT, now).copy()
    known = np.isfinite(rows).sum(axis=1) >= 2
    strange = np.array([hour - (now - N_LEARNT) for hour in memory.strange if hour >= now - N_LEARNT], dtype=int)
    if known.sum() < N_LEAST:
        return memory
    if known[strange].sum() < MOST_STRANGE * known.sum():
        rows[strange] = np.nan
    kept = tuple(hour for hour in memory.strange if hour >= now - N_LEARNT)
    return Memory(learn_record(rows, SETTINGS), kept, memory.spell)


def score_hours(memory: Memory, learnt: Learnt, hours: Hours, span: tuple[int, int]) -> tuple[Memory, Told]:
    """Score a span by what was learnt."""
    begin, end = span
    n_past = SETTINGS.n_before
    scored = score_record(learnt, hours.between(begin - n_past, end), SETTINGS, n_past)
    ratio = np.where(np.isfinite(hours.between(begin, end)).sum(axis=1) >= 2, scored.ratio, np.nan)
    spell, turns = memory.spell.follow(begin, np.maximum(ratio - 1, 0.0))
    strange = tuple((begin + np.flatnonzero(ratio > 1)).tolist())
    told = Told(begin, turns, scored, means_of(hours, span))
    return Memory(learnt, memory.strange + strange, spell), told


def means_of(hours: Hours, span: tuple[int, int]) -> Floats:
    """Give the values that a span was judged by: what each sensor said over the hours that count together."""
    n = SETTINGS.n_mean - 1
    return running_mean(hours.between(span[0] - n, span[1]), SETTINGS.n_mean)[n:]


def save_memory(memory: Memory) -> dict[str, Any]:
    """Write a memory as JSON can hold it."""
    learnt = None if memory.learnt is None else save_learnt(memory.learnt)
    return {"learnt": learnt, "strange": list(memory.strange), "spell": memory.spell.save()}


def load_memory(saved: Mapping[str, Any]) -> Memory:
    """Read what `save_memory` wrote."""
    learnt = None if saved["learnt"] is None else load_learnt(saved["learnt"])
    return Memory(learnt, tuple(saved["strange"]), Spell.load(saved["spell"]))
