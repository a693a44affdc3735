"""From scores to episodes: one alarm from the first high scores in a row until it has been calm for a while.

Every further alarm of an episode would cost a technician's time and tell nothing new (BENCHMARKS 1.1: one alarm per
episode is worth 9 to 20 NAB points). Nor does the same again within `N_BLOCKS` times `BLOCK_ROWS` rows: an episode
opens only where it is stranger than the high scores of these rows were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from analytics.detectors import ASPECTS, DetectorEntry, Floats, Mask, Score, Scores
from analytics.ensemble import Ensemble

BLOCK_ROWS = 24
N_BLOCKS = 16


@dataclass(frozen=True, slots=True)
class Opening:
    """An episode begins or goes on: its worst score since the last look, and when that was. Instants in Unix seconds.

    It began with the first high score; the worst is among those from the one that opened it. `detector` gave it.
    """

    started_s: float
    worst_s: float
    score: Score
    detector: str


@dataclass(frozen=True, slots=True)
class Closing:
    """An episode ends with its last unusual value."""

    ended_s: float


@dataclass(slots=True)
class Gate:
    """Where one detector stands before an episode: high scores began at `started_s`, `n_high` of them quick."""

    started_s: float | None = None
    n_high: int = 0

    def confirms(self, entry: DetectorEntry, at: float, value: float, is_slow: bool) -> bool:
        """Count high scores in a row; say whether the detector is sure now. NaN is not known and changes nothing."""
        if not value >= entry.open_at:
            if value == value:
                self.started_s, self.n_high = None, 0
            return False
        self.started_s = at if self.started_s is None else self.started_s
        self.n_high += not is_slow
        if is_slow:
            return at - self.started_s >= entry.slow_s
        return value >= entry.sure_at or self.n_high >= entry.n_open


@dataclass(slots=True)
class Bar:
    """The highest of the high scores of each of the last blocks of rows, by the number of the block."""

    high_by_block: dict[str, float] = field(default_factory=dict)

    def height(self, row: int) -> float:
        """Give what must be exceeded at a row."""
        oldest = row // BLOCK_ROWS - N_BLOCKS
        return max((high for block, high in self.high_by_block.items() if int(block) >= oldest), default=0.0)

    def raise_to(self, row: int, value: float) -> None:
        """Take in a high score."""
        block = row // BLOCK_ROWS
        kept = {key: high for key, high in self.high_by_block.items() if int(key) >= block - N_BLOCKS}
        self.high_by_block = kept | {str(block): max(value, kept.get(str(block), 0.0))}


@dataclass(slots=True)
class Episode:
    """Where one series stands: its detectors' gates, the bar, rows seen, and the episode that `is_open`.

    In an open episode, begun at `started_s`, the last value that was not calm came at `unusual_s`; `n_calm` came since.
    """

    gates: list[Gate] = field(default_factory=list)
    bar: Bar = field(default_factory=Bar)
    n_rows: int = 0
    started_s: float | None = None
    unusual_s: float | None = None
    n_calm: int = 0

    @property
    def is_open(self) -> bool:
        """Say whether an episode runs."""
        return self.started_s is not None

    def follow(self, ensemble: Ensemble, at_s: Floats, scores: Sequence[Scores]) -> list[Opening | Closing]:
        """Take in the scores of each member in order of time and give what happened: openings and closings in turn."""
        values = np.stack([one.value for one in scores])
        known = np.flatnonzero(~np.isnan(values).all(axis=0))
        is_waiting = any(gate.started_s is not None for gate in self.gates)
        if not self.is_open and not is_waiting and not (values >= ensemble.open_at).any():
            self.n_rows += known.size
            return []
        self.gates = self.gates or [Gate() for _ in ensemble.members]
        happenings: list[Opening | Closing] = []
        slow, worst = is_slow(ensemble, scores), None
        for index in known.tolist():
            row, self.n_rows = self.n_rows, self.n_rows + 1
            at, own = float(at_s[index]), values[:, index].tolist()
            member = (
                self.running_member(own) if self.is_open else self.opening_member(ensemble, at, own, slow[:, index])
            )
            if not self.is_open and (member is None or not self.opens(row, member, own[member])):
                continue
            if member is not None and own[member] >= ensemble.open_at:
                self.bar.raise_to(row, own[member])
                if worst is None or own[member] > values[worst]:
                    worst = member, index
            if self.is_over(ensemble, at, own):
                happenings += self.opening(ensemble, at_s, scores, worst)
                happenings.append(Closing(at if self.unusual_s is None else self.unusual_s))
                worst = None
                self.forget()
        return happenings + self.opening(ensemble, at_s, scores, worst)

    def opening_member(self, ensemble: Ensemble, at: float, own: Sequence[float], slow: Mask) -> int | None:
        """Let all detectors count; give the strangest one that is sure."""
        sure = [
            gate.confirms(entry, at, value, bool(one))
            for gate, entry, value, one in zip(self.gates, ensemble.members, own, slow, strict=True)
        ]
        return max((place for place, is_sure in enumerate(sure) if is_sure), key=lambda place: own[place], default=None)

    def running_member(self, own: Sequence[float]) -> int | None:
        """Give the detector that finds a value of an open episode strangest."""
        known = [place for place, value in enumerate(own) if value == value]
        return max(known, key=lambda place: own[place], default=None)

    def opens(self, row: int, member: int, value: float) -> bool:
        """Open an episode if it is stranger than what was lately; what is not raises the bar all the same."""
        if value <= self.bar.height(row):
            self.bar.raise_to(row, value)
            return False
        self.started_s = self.gates[member].started_s
        return True

    def opening(
        self, ensemble: Ensemble, at_s: Floats, scores: Sequence[Scores], worst: tuple[int, int] | None
    ) -> list[Opening | Closing]:
        """Give the worst score of the running episode, if there was a high one since the last look."""
        if worst is None or self.started_s is None:
            return []
        member, index = worst
        score = scores[member].one(index)
        return (
            [] if score is None else [Opening(self.started_s, float(at_s[index]), score, ensemble.members[member].name)]
        )

    def is_over(self, ensemble: Ensemble, at: float, own: Sequence[float]) -> bool:
        """Count calm rows in an episode; say whether there were enough."""
        if any(value >= entry.close_at for value, entry in zip(own, ensemble.members, strict=True)):
            self.n_calm, self.unusual_s = 0, at
            return False
        self.n_calm += 1
        return self.n_calm >= max(entry.n_calm for entry in ensemble.members)

    def forget(self) -> None:
        """Stand as before any high score; the bar stays."""
        self.started_s, self.unusual_s, self.n_calm = None, None, 0
        self.gates = [Gate() for _ in self.gates]

    def save(self) -> dict[str, Any]:
        """Give the state, as JSON can hold it."""
        return asdict(self)


def is_slow(ensemble: Ensemble, scores: Sequence[Scores]) -> Mask:
    """Say which scores are of an aspect that opens an episode only if it lasts, (n_members, n_rows)."""
    slow = [
        np.isin(own.aspect, [ASPECTS.index(aspect) for aspect in entry.slow_aspects])
        for entry, own in zip(ensemble.members, scores, strict=True)
    ]
    return np.stack(slow)


def sure_scores(ensemble: Ensemble, scores: Sequence[Scores]) -> Floats:
    """Give per row the highest score of which a detector would be sure, whatever the threshold; 0 where none is known.

    Of `n_open` scores in a row the lowest counts, or the last by its share of `sure_at`. Slow aspects are left out:
    how long they must last is known for one threshold only.
    """
    best = np.zeros(len(scores[0].value))
    for entry, own, slow in zip(ensemble.members, scores, is_slow(ensemble, scores), strict=True):
        values = np.where(slow | np.isnan(own.value), 0.0, own.value)
        lasting = values.copy()
        for back in range(1, entry.n_open):
            lasting[back:] = np.minimum(lasting[back:], values[:-back])
            lasting[:back] = 0.0
        best = np.maximum(best, np.maximum(lasting, values * (entry.open_at / entry.sure_at)))
    return best


def load_episode(state: Mapping[str, Any] | None) -> Episode:
    """Go on from what `Episode.save` gave."""
    if not state:
        return Episode()
    parts = {"gates": [Gate(**gate) for gate in state["gates"]], "bar": Bar(**state["bar"])}
    return Episode(**{**state, **parts})
