"""A strange spell of an asset: from the first high hour in a row until some hours in a row are calm."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analytics.joint.model import Floats

OPEN_AT, CLOSE_AT = 1.0, 0.1
N_OPEN, N_CALM = 2, 6  # hours


@dataclass(frozen=True, slots=True)
class Turn:
    """A spell is open: since when, and its worst hour since the last look; or (`ended`) it ended with this hour."""

    began: int
    worst: int | None
    score: float
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """Where an asset stands: first of the high hours in a row, their number, last high hour and calm ones since."""

    began: int | None = None
    n_high: int = 0
    last: int = 0
    n_calm: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has been told."""
        return self.n_high >= N_OPEN

    def follow(self, first: int, scores: Floats) -> tuple["Spell", list[Turn]]:
        """Take in the scores of consecutive hours, NaN where not known; give what happened."""
        spell, turns = self, list[Turn]()
        worst: tuple[float, int] | None = None
        for offset in np.flatnonzero(np.isfinite(scores)).tolist():
            hour, score = first + offset, float(scores[offset])
            spell = spell.after(hour, score)
            if spell.is_open and score >= OPEN_AT and (worst is None or score > worst[0]):
                worst = score, hour
            if spell.is_open and spell.n_calm >= N_CALM and spell.began is not None:
                turns += spell.told(worst)
                turns.append(Turn(spell.began, None, 0.0, ended=spell.last))
                spell, worst = Spell(), None
        return spell, turns + spell.told(worst)

    def after(self, hour: int, score: float) -> "Spell":
        """Give the spell after one more hour."""
        if self.is_open:
            return Spell(self.began, self.n_high, hour, 0) if score >= CLOSE_AT else self.calmer()
        if score < OPEN_AT:
            return Spell()
        return Spell(hour if self.began is None else self.began, self.n_high + 1, hour, 0)

    def calmer(self) -> "Spell":
        """Count one calm hour."""
        return Spell(self.began, self.n_high, self.last, self.n_calm + 1)

    def told(self, worst: tuple[float, int] | None) -> list[Turn]:
        """Give the open spell's worst hour since the last look, if there was a high one."""
        if worst is None or self.began is None:
            return []
        return [Turn(self.began, worst[1], worst[0])]

    def save(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return asdict(self)

    @staticmethod
    def load(saved: Mapping[str, Any]) -> "Spell":
        """Go on from what `save` gave."""
        return Spell(**saved)
