"""Detectors that tell of the same kind of finding work as one: scored side by side, on one scale, one alarm at a time.

The scale is that of the registry: each member is calibrated so that its `open_at` is as rare as that of the others, and
all members of a kind share it. The strangest member that is sure (its own rule of how many high scores in a row) opens
an episode and gives it its words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.detectors import Detector, DetectorEntry, Part, Scores
from analytics.feedback.threshold import moved


@dataclass(frozen=True, slots=True)
class Ensemble:
    """All detectors of one kind of finding; they look at the same series and share thresholds."""

    finding_kind: str
    members: tuple[DetectorEntry, ...]

    @property
    def version(self) -> str:
        """Name the members and their versions."""
        return ", ".join(f"{member.name} {member.version}" for member in self.members)

    @property
    def open_at(self) -> float:
        """Give the score from which on a value is worth an alarm."""
        return self.members[0].open_at

    @property
    def kinds(self) -> tuple[str, ...]:
        """Give the kinds of quantity it looks at."""
        return self.members[0].kinds

    @property
    def without(self) -> tuple[str, ...]:
        """Give the quantities that it leaves out."""
        return self.members[0].without

    def moved(self, factor: float) -> "Ensemble":
        """Give the ensemble with all thresholds so many times as high."""
        return self if factor == 1.0 else Ensemble(self.finding_kind, tuple(moved(one, factor) for one in self.members))


def ensembles_of(entries: Iterable[DetectorEntry]) -> list[Ensemble]:
    """Put detectors that score values together by their kind of finding."""
    by_kind: dict[str, list[DetectorEntry]] = {}
    for entry in entries:
        if entry.score_together is not None:
            by_kind.setdefault(entry.finding_kind, []).append(entry)
    return [Ensemble(kind, tuple(members)) for kind, members in by_kind.items()]


Members = list[Detector]
"""The detectors of one series, in the order of the ensemble's members."""


def make_members(ensemble: Ensemble, state: Mapping[str, Any] | None = None) -> Members:
    """Make the detectors of a series as they were left; one that is new, or of another version, learns anew."""
    made = []
    for entry in ensemble.members:
        detector, kept = entry.make(), (state or {}).get(entry.name)
        if kept is not None and kept["version"] == entry.version:
            detector.load(kept["learnt"])
        made.append(detector)
    return made


def save_members(ensemble: Ensemble, members: Members) -> dict[str, Any]:
    """Give what the detectors of a series have learnt, as JSON can hold it."""
    return {
        entry.name: {"version": entry.version, "learnt": detector.save()}
        for entry, detector in zip(ensemble.members, members, strict=True)
    }


def score_series(ensemble: Ensemble, series: Sequence[Members], parts: Sequence[Part]) -> list[list[Scores]]:
    """Score a part of each of many series; give the scores of each series by member."""
    by_member = [
        entry.score_together([members[index] for members in series], parts)
        for index, entry in enumerate(ensemble.members)
        if entry.score_together is not None
    ]
    return [list(own) for own in zip(*by_member, strict=True)]
