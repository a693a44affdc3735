"""What is told of episodes, each as one spell: where it began, its worst score, its end; and which finding tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from analytics.detectors import Score
from analytics.episode import Closing, Opening
from store.late import Standing


@dataclass(frozen=True, slots=True)
class Spell:
    """An episode with its worst score; it goes on where `ended_s` [Unix s] is None."""

    opening: Opening
    ended_s: float | None = None


def follow_spells(running: Opening | None, happenings: Sequence[Opening | Closing]) -> list[Spell]:
    """Fold what happened into spells in order of time; only the last may go on. `running` went on before."""
    spells = []
    for happening in happenings:
        if isinstance(happening, Opening):
            running = happening if running is None or happening.score.value > running.score.value else running
        elif running is not None:
            spells.append(Spell(running, happening.ended_s))
            running = None
    return spells if running is None else [*spells, Spell(running)]


def going_on(spells: Sequence[Spell]) -> Opening | None:
    """Give the worst score of the spell that goes on, if one does."""
    return spells[-1].opening if spells and spells[-1].ended_s is None else None


def save_opening(opening: Opening | None) -> dict[str, Any] | None:
    """Give it as JSON can hold it."""
    return None if opening is None else asdict(opening)


def load_opening(state: Mapping[str, Any] | None) -> Opening | None:
    """Go on from what `save_opening` gave."""
    return None if state is None else Opening(**{**state, "score": Score(**state["score"])})


def match(spells: Sequence[Spell], standing: Sequence[Standing]) -> list[Standing | None]:
    """Give the finding that tells each spell: the one with the same begin, or else the first that overlaps it."""
    free = sorted(standing, key=lambda one: (one.is_withdrawn, one.started_at))
    found: list[Standing | None] = [None] * len(spells)
    for fits in (begins_with, overlaps):
        for place, spell in enumerate(spells):
            if found[place] is None:
                found[place] = next((one for one in free if fits(one, spell)), None)
                free = [one for one in free if one is not found[place]]
    return found


def begins_with(one: Standing, spell: Spell) -> bool:
    """Say whether a finding began when a spell did."""
    return one.started_at == instant(spell.opening.started_s)


def overlaps(one: Standing, spell: Spell) -> bool:
    """Say whether a finding and a spell have an instant in common."""
    begins_before_its_end = spell.ended_s is None or one.started_at <= instant(spell.ended_s)
    return begins_before_its_end and (one.ended_at is None or one.ended_at >= instant(spell.opening.started_s))


def instant(at_s: float) -> datetime:
    """Give an instant of Unix seconds."""
    return datetime.fromtimestamp(at_s, UTC)
