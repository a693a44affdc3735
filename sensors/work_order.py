"""Work orders as a state machine: which action is possible in which state, where it leads, what closing must say.

Nobody else decides on states: store, API, command and page ask here, and the page is told what is possible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

State = Literal["open", "assigned", "planned", "started", "closed", "cancelled"]
Action = Literal["edit", "assign", "release", "plan", "unplan", "start", "close", "cancel"]
Verdict = Literal["confirmed", "false_alarm", "known", "other_cause"]
Condition = Literal["working", "failed"]
STATES: tuple[State, ...] = get_args(State)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
CONDITIONS: tuple[Condition, ...] = get_args(Condition)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_WAITING: tuple[Action, ...] = ("edit", "assign", "release", "plan", "unplan", "start", "close", "cancel")
# A started order that is given a date is put off: it waits again. A closed one is closed again to correct it.
POSSIBLE: Mapping[State, tuple[Action, ...]] = {
    "open": _WAITING,
    "assigned": _WAITING,
    "planned": _WAITING,
    "started": ("edit", "assign", "plan", "close", "cancel"),
    "closed": ("close",),
    "cancelled": (),
}


class ImpossibleError(ValueError):
    """The action is not possible in the state that the work order is in."""


class OutcomeError(ValueError):
    """What is said of a closed work order contradicts itself: in which field, and how, in both languages."""

    def __init__(self, field: str, sentence_fr: str, sentence_en: str) -> None:
        super().__init__(f"{field}: {sentence_en}")
        self.field, self.sentence_fr, self.sentence_en = field, sentence_fr, sentence_en


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was used: `n` of it, and what they cost together [EUR] where that is known."""

    name: str
    n: float = 1.0
    cost_eur: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a work order.

    Parameters
    ----------
    verdict
        On what Vigie said: `other_cause` is a real fault, but not the one that was named.
    condition
        How the thing was found: still `working`, or `failed` already; None: not said.
    failed_at
        Since when it had failed, as it was found; only with `failed`.
    worked_min, cost_eur
        Time spent [min], and what all of it cost [EUR].
    """

    verdict: Verdict
    condition: Condition | None = None
    failed_at: datetime | None = None
    cause: str = ""
    parts: Sequence[Part] = ()
    worked_min: int | None = None
    cost_eur: float | None = None
    result: str = ""


def follow(state: State, action: Action, technician: str | None, planned_at: datetime | None) -> State:
    """Give the state after an action; `technician` and `planned_at` are those that hold then.

    Raises
    ------
    ImpossibleError
        The state knows no such action.

    Examples
    --------
    >>> follow("open", "assign", "équipe nord", None)
    'assigned'
    >>> follow("started", "edit", None, None)
    'started'
    """
    if action not in POSSIBLE[state]:
        raise ImpossibleError(f"a work order that is {state} takes none of: {action}; it takes {possible_in(state)}")
    match action:
        case "start":
            return "started"
        case "close":
            return "closed"
        case "cancel":
            return "cancelled"
        case "edit":
            return state
        case "assign" if state == "started":
            return state
        case _:
            return waiting_state(technician, planned_at)


def waiting_state(technician: str | None, planned_at: datetime | None) -> State:
    """Give the state of a work order on which nobody works yet."""
    if planned_at is not None:
        return "planned"
    return "open" if technician is None else "assigned"


def possible_in(state: State) -> str:
    """Name the actions of a state."""
    return ", ".join(POSSIBLE[state]) or "none"


def check_outcome(outcome: Outcome, now: datetime) -> None:
    """Refuse what cannot be so.

    Raises
    ------
    OutcomeError
        `failed_at` lies ahead or is given of a thing that had not failed, or a false alarm found something failed.
    """
    if outcome.failed_at is not None and outcome.condition != "failed":
        raise OutcomeError("failed_at", "seulement pour un équipement en panne", "only with the condition `failed`")
    if outcome.failed_at is not None and not EARLIEST <= outcome.failed_at <= now:
        raise OutcomeError("failed_at", "donnez un instant passé", "give an instant that has passed")
    if outcome.verdict == "false_alarm" and outcome.condition == "failed":
        raise OutcomeError(
            "condition", "ce qui était en panne n’était pas une fausse alerte", "what had failed was no false alarm"
        )
