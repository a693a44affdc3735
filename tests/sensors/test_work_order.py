"""Work orders as a state machine, walked at random against the words of docs/reference/work-orders.md."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sensors.work_order import (
    POSSIBLE,
    STATES,
    Action,
    ImpossibleError,
    Outcome,
    OutcomeError,
    State,
    check_outcome,
    follow,
)

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DONE = ("closed", "cancelled")


class Walk(RuleBasedStateMachine):
    """A model of its own: who is assigned, when it is planned, whether somebody works, whether it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State = "open"
        self.technician: str | None = None
        self.planned_at: datetime | None = None
        self.is_started = False
        self.done: str | None = None

    def go(self, action: Action, technician: str | None, planned_at: datetime | None) -> None:
        self.state = follow(self.state, action, technician, planned_at)
        self.technician, self.planned_at = technician, planned_at

    @precondition(lambda self: self.done is None)
    @rule(technician=st.sampled_from(["équipe nord", "Léa"]))
    def assign(self, technician: str) -> None:
        self.go("assign", technician, self.planned_at)

    @precondition(lambda self: self.done is None and not self.is_started)
    @rule()
    def release(self) -> None:
        self.go("release", None, self.planned_at)

    @precondition(lambda self: self.done is None)
    @rule(days=st.integers(0, 30))
    def plan(self, days: int) -> None:
        self.go("plan", self.technician, NOW + timedelta(days=days))
        self.is_started = False

    @precondition(lambda self: self.done is None and not self.is_started)
    @rule()
    def unplan(self) -> None:
        self.go("unplan", self.technician, None)

    @precondition(lambda self: self.done is None and not self.is_started)
    @rule()
    def start(self) -> None:
        self.go("start", self.technician, self.planned_at)
        self.is_started = True

    @precondition(lambda self: self.done is None)
    @rule()
    def edit(self) -> None:
        self.go("edit", self.technician, self.planned_at)

    @precondition(lambda self: self.done != "cancelled")
    @rule()
    def close(self) -> None:
        self.go("close", self.technician, self.planned_at)
        self.done = "closed"

    @precondition(lambda self: self.done is None)
    @rule()
    def cancel(self) -> None:
        self.go("cancel", self.technician, self.planned_at)
        self.done = "cancelled"

    @precondition(lambda self: self.done is not None or self.is_started)
    @rule(action=st.sampled_from(["edit", "assign", "release", "plan", "unplan", "start", "close", "cancel"]))
    def try_what_is_too_late(self, action: Action) -> None:
        late = {"closed": {"close"}, "cancelled": set(), None: {"edit", "assign", "plan", "close", "cancel"}}
        if action not in late[self.done]:
            with pytest.raises(ImpossibleError):
                follow(self.state, action, self.technician, self.planned_at)

    @invariant()
    def the_state_says_what_is_known(self) -> None:
        waiting = "planned" if self.planned_at else "assigned" if self.technician else "open"
        assert self.state == (self.done or ("started" if self.is_started else waiting))


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=50, stateful_step_count=25)


def test_every_state_is_reached_and_only_done_ones_are_final() -> None:
    reached: set[State] = {"open"}
    for _ in STATES:
        for state in list(reached):
            for action in POSSIBLE[state]:
                for technician in (None, "Léa"):
                    for planned_at in (None, NOW):
                        reached.add(follow(state, action, technician, planned_at))
    assert reached == set(STATES)
    assert [state for state in STATES if "cancel" not in POSSIBLE[state]] == list(DONE)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("confirmed", failed_at=NOW - timedelta(hours=1)),
        Outcome("confirmed", "working", NOW - timedelta(hours=1)),
        Outcome("confirmed", "failed", NOW + timedelta(seconds=1)),
        Outcome("false_alarm", "failed"),
    ],
)
def test_an_outcome_that_contradicts_itself_is_refused(outcome: Outcome) -> None:
    with pytest.raises(OutcomeError):
        check_outcome(outcome, NOW)


def test_an_outcome_that_can_be_is_taken() -> None:
    check_outcome(Outcome("confirmed", "failed", NOW), NOW)
    check_outcome(Outcome("other_cause", "failed"), NOW)
    check_outcome(Outcome("false_alarm", "working"), NOW)
