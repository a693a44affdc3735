"""Silence: how long a series has said nothing, measured in the longest pause that is usual for it.

The usual pause is the declared interval where there is one; else the longest pause heard so far, old ones fading by
half in `HALF_LIFE_S` (a sensor that speaks on change is quiet at night). The score is 0 up to one usual pause and
grows by one for each further one: the first pause longer than ever counts little, three times the longest is an alarm.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from analytics.detectors import DetectorEntry, Score

HALF_LIFE_S = 30 * 86_400.0
SHORTEST_PAUSE_S = 600.0  # a radio message may come some minutes late
WARM_UP_S = 3 * 86_400.0
N_LEAST = 10


class Silence:
    """The detector. `declared_s` [s] is the interval the device declares, None where it declares none."""

    def __init__(self, declared_s: float | None = None) -> None:
        self.declared_s = declared_s
        self.longest_s = 0.0
        self.n = 0
        self.first_s: float | None = None
        self.last_s: float | None = None

    def score(self, times: Sequence[datetime], values: Sequence[float]) -> list[Score | None]:
        """Score the pause before each value; the value itself must only be a finite number."""
        return [self.score_one(at, value) for at, value in zip(times, values, strict=True)]

    def score_one(self, at: datetime, value: float) -> Score | None:
        """Score the pause that ends with this value, then learn it."""
        at_s = at.timestamp()
        if not math.isfinite(value) or (self.last_s is not None and at_s <= self.last_s):
            return None
        score = self.score_pause(at)
        if self.last_s is not None:
            pause_s = at_s - self.last_s
            self.longest_s = max(self.longest_s * math.exp2(-pause_s / HALF_LIFE_S), pause_s)
        self.first_s = at_s if self.first_s is None else self.first_s
        self.last_s = at_s
        self.n += 1
        return score

    def score_pause(self, now: datetime) -> Score | None:
        """Score the silence from the last value until now, without learning; None while the rhythm is not known."""
        usual_s = self.usual_pause_s()
        if usual_s is None or self.last_s is None:
            return None
        pause_s = max(0.0, now.timestamp() - self.last_s)
        return Score(max(0.0, pause_s / usual_s - 1.0), "silence", pause_s, 0.0, usual_s)

    def usual_pause_s(self) -> float | None:
        """Give the longest pause that is usual [s], None while not known."""
        if self.declared_s is not None:
            return max(self.declared_s, SHORTEST_PAUSE_S)
        if self.first_s is None or self.last_s is None:
            return None
        if self.n < N_LEAST or self.last_s - self.first_s < WARM_UP_S:
            return None
        return max(self.longest_s, SHORTEST_PAUSE_S)

    def save(self) -> dict[str, Any]:
        """Give all that was learnt."""
        return {
            "declared_s": self.declared_s,
            "longest_s": self.longest_s,
            "n": self.n,
            "first_s": self.first_s,
            "last_s": self.last_s,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `save` gave."""
        self.declared_s, self.longest_s, self.n = state["declared_s"], state["longest_s"], state["n"]
        self.first_s, self.last_s = state["first_s"], state["last_s"]


DETECTOR = DetectorEntry(
    name="silence",
    version="1",
    finding_kind="silent",
    kinds=("gauge", "counter", "state"),
    make=Silence,
    open_at=2.0,
    close_at=0.5,
    n_calm=1,
)
