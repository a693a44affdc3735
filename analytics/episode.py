"""From scores to episodes: one alarm from the first high score until it has been calm for a while.

Every further alarm of an episode would cost a technician's time and tell nothing new (BENCHMARKS 1.1: one alarm per
episode is worth 9 to 20 NAB points).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.detectors import DetectorEntry, Score


@dataclass(frozen=True, slots=True)
class Opening:
    """An episode begins or goes on: its worst score since the last look, and when that was."""

    started_at: datetime
    worst_at: datetime
    score: Score


@dataclass(frozen=True, slots=True)
class Closing:
    """An episode ends with its last unusual value."""

    ended_at: datetime


@dataclass(slots=True)
class Episode:
    """Where one series stands: in an episode since `started_at` or not, unusual last at `unusual_at`."""

    started_at: datetime | None = None
    unusual_at: datetime | None = None
    n_calm: int = 0

    def follow(
        self, entry: DetectorEntry, times: Sequence[datetime], scores: Sequence[Score | None]
    ) -> list[Opening | Closing]:
        """Take in scores in order of time and give what happened: openings and closings in turn."""
        happenings: list[Opening | Closing] = []
        worst: Opening | None = None
        for at, score in zip(times, scores, strict=True):
            if score is None:
                continue
            worst = self.worse_of(entry, at, score, worst)
            if self.is_over(entry, at, score):
                happenings += [worst] if worst else []
                happenings.append(Closing(self.unusual_at or at))
                worst, self.started_at, self.unusual_at = None, None, None
        return happenings + ([worst] if worst else [])

    def worse_of(self, entry: DetectorEntry, at: datetime, score: Score, worst: Opening | None) -> Opening | None:
        """Give the worst score of the running episode, which this one may begin."""
        if score.value < entry.open_at:
            return worst
        self.started_at = self.started_at or at
        if worst is None or score.value > worst.score.value:
            return Opening(self.started_at, at, score)
        return worst

    def is_over(self, entry: DetectorEntry, at: datetime, score: Score) -> bool:
        """Count calm scores in an episode; say whether there were enough."""
        if self.started_at is None:
            return False
        if score.value >= entry.close_at:
            self.n_calm, self.unusual_at = 0, at
            return False
        self.n_calm += 1
        return self.n_calm >= entry.n_calm

    def save(self) -> dict[str, Any]:
        """Give the state, as JSON can hold it."""
        return {
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "unusual_at": self.unusual_at.isoformat() if self.unusual_at else None,
            "n_calm": self.n_calm,
        }


def load_episode(state: Mapping[str, Any] | None) -> Episode:
    """Go on from what `Episode.save` gave."""
    if not state:
        return Episode()
    started_at, unusual_at = state["started_at"], state["unusual_at"]
    return Episode(
        datetime.fromisoformat(started_at) if started_at else None,
        datetime.fromisoformat(unusual_at) if unusual_at else None,
        int(state["n_calm"]),
    )
