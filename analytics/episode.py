"""From scores to episodes: one alarm from the first high scores in a row until it has been calm for a while.

Every further alarm of an episode would cost a technician's time and tell nothing new (BENCHMARKS 1.1: one alarm per
episode is worth 9 to 20 NAB points).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analytics.detectors import ASPECTS, DetectorEntry, Floats, Score, Scores


@dataclass(frozen=True, slots=True)
class Opening:
    """An episode begins or goes on: its worst score since the last look, and when that was. Instants in Unix seconds.

    It began with the first high score; the worst is among those from the one that opened it.
    """

    started_s: float
    worst_s: float
    score: Score


@dataclass(frozen=True, slots=True)
class Closing:
    """An episode ends with its last unusual value."""

    ended_s: float


@dataclass(slots=True)
class Episode:
    """Where one series stands. High scores began at `started_s`, `n_high` of them quick; whether that `is_open` yet.

    In an open episode the last value that was not calm came at `unusual_s`, and `n_calm` have come since.
    """

    started_s: float | None = None
    n_high: int = 0
    is_open: bool = False
    unusual_s: float | None = None
    n_calm: int = 0

    def follow(self, entry: DetectorEntry, at_s: Floats, scores: Scores) -> list[Opening | Closing]:
        """Take in scores in order of time and give what happened: openings and closings in turn."""
        happenings: list[Opening | Closing] = []
        known = np.flatnonzero(~np.isnan(scores.value))
        if self.started_s is None and not (scores.value[known] >= entry.open_at).any():
            return happenings
        slow = np.isin(scores.aspect, [ASPECTS.index(aspect) for aspect in entry.slow_aspects])
        worst: int | None = None
        for index in known.tolist():
            at, value = float(at_s[index]), float(scores.value[index])
            if not self.is_open and not self.opens(entry, at, value, bool(slow[index])):
                continue
            if value >= entry.open_at and (worst is None or value > scores.value[worst]):
                worst = index
            if self.is_over(entry, at, value):
                happenings += self.opening(at_s, scores, worst)
                happenings.append(Closing(at if self.unusual_s is None else self.unusual_s))
                worst = None
                self.forget()
        return happenings + self.opening(at_s, scores, worst)

    def opens(self, entry: DetectorEntry, at: float, value: float, is_slow: bool) -> bool:
        """Count high scores in a row; say whether an episode opens with this one."""
        if value < entry.open_at:
            self.forget()
            return False
        self.started_s = at if self.started_s is None else self.started_s
        self.n_high += not is_slow
        is_sure = not is_slow and (value >= entry.sure_at or self.n_high >= entry.n_open)
        self.is_open = is_sure or (is_slow and at - self.started_s >= entry.slow_s)
        return self.is_open

    def opening(self, at_s: Floats, scores: Scores, worst: int | None) -> list[Opening | Closing]:
        """Give the worst score of the running episode, if there was a high one since the last look."""
        score = None if worst is None else scores.one(worst)
        if worst is None or score is None or self.started_s is None:
            return []
        return [Opening(self.started_s, float(at_s[worst]), score)]

    def is_over(self, entry: DetectorEntry, at: float, value: float) -> bool:
        """Count calm scores in an episode; say whether there were enough."""
        if value >= entry.close_at:
            self.n_calm, self.unusual_s = 0, at
            return False
        self.n_calm += 1
        return self.n_calm >= entry.n_calm

    def forget(self) -> None:
        """Stand as before any high score."""
        self.started_s, self.n_high, self.is_open, self.unusual_s, self.n_calm = None, 0, False, None, 0

    def save(self) -> dict[str, Any]:
        """Give the state, as JSON can hold it."""
        return asdict(self)


def load_episode(state: Mapping[str, Any] | None) -> Episode:
    """Go on from what `Episode.save` gave."""
    return Episode(**state) if state else Episode()
