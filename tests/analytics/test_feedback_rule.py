"""The daily rule that moves thresholds: which class, which way, why, and never too far."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analytics.feedback.rule import STEP, decide, wilson
from store.threshold import LEAST_FACTOR, MOST_FACTOR, AlarmClass, Move

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MOVABLE = frozenset({"odd", "strange"})


def a_class(  # noqa: PLR0913  # one for each field that a test is about
    kind: str = "odd",
    n_week: int = 0,
    confirmed: int = 0,
    false: int = 0,
    factor: float = 1.0,
    *,
    is_held: bool = False,
    moved_days_ago: float | None = None,
) -> AlarmClass:
    moved_at = None if moved_days_ago is None else NOW - timedelta(days=moved_days_ago)
    return AlarmClass(kind, "bin", n_week, confirmed, false, factor, is_held, moved_at)


def told(classes: list[AlarmClass], budget: float = 10) -> list[tuple[str, str, float]]:
    return [(one.kind, one.reason, one.factor) for one in decide(classes, budget, MOVABLE, NOW)]


def test_a_class_that_is_mostly_false_is_raised_by_one_step() -> None:
    assert told([a_class(n_week=8, false=5)]) == [("odd", "mostly_false", STEP)]


def test_while_there_is_room_false_alarms_are_borne() -> None:
    assert told([a_class(n_week=7, false=5)]) == []


def test_few_verdicts_move_nothing() -> None:
    assert told([a_class(n_week=8, false=4)]) == []


def test_over_budget_the_class_with_most_alarms_likely_false_is_raised() -> None:
    loud, judged = a_class("odd", n_week=8), a_class("strange", n_week=9, confirmed=4, false=1)
    assert told([judged, loud]) == [("odd", "over_budget", STEP)]
    assert told([judged, loud], budget=17) == []


def test_over_budget_a_class_that_is_surely_right_is_not_muted() -> None:
    assert told([a_class(n_week=50, confirmed=20)]) == []


def test_a_well_confirmed_class_is_lowered_while_there_is_room() -> None:
    assert told([a_class(confirmed=8, n_week=5)]) == [("odd", "well_confirmed", 1 / STEP)]
    assert told([a_class(confirmed=8, n_week=6)]) == []


def test_a_raised_class_comes_back_when_there_is_room_and_not_below_its_own_threshold() -> None:
    assert told([a_class(n_week=5, factor=1.1)]) == [("odd", "room", 1.0)]
    assert told([a_class(n_week=6, factor=1.1)]) == []


@pytest.mark.parametrize(
    "one",
    [
        a_class(n_week=99, false=9, is_held=True),
        a_class(n_week=99, false=9, moved_days_ago=6.9),
        a_class("container_fire", n_week=99, false=9),
        a_class(n_week=99, false=9, factor=MOST_FACTOR),
        a_class(confirmed=9, factor=LEAST_FACTOR),
    ],
    ids=["held", "just moved", "not movable", "at the top", "at the bottom"],
)
def test_left_alone(one: AlarmClass) -> None:
    assert told([one]) == []


CLASSES = st.builds(
    AlarmClass,
    st.sampled_from(["odd", "strange", "container_fire"]),
    st.sampled_from(["", "bin"]),
    st.integers(0, 500),
    st.integers(0, 50),
    st.integers(0, 50),
    st.floats(LEAST_FACTOR, MOST_FACTOR),
    st.booleans(),
    st.one_of(st.none(), st.floats(0, 60).map(lambda days: NOW - timedelta(days=days))),
)


@given(st.lists(CLASSES, max_size=6), st.floats(0.1, 500))
def test_moves_stay_within_bounds_and_spare_what_is_held(classes: list[AlarmClass], budget: float) -> None:
    """Whatever was said: at most a step, within the bounds, and only of classes that may move."""
    for move in decide(classes, budget, MOVABLE, NOW):
        own = [one for one in classes if (one.kind, one.asset_type) == (move.kind, move.asset_type)]
        assert LEAST_FACTOR <= move.factor <= MOST_FACTOR
        assert any(within_a_step(one, move) and not one.is_held for one in own)
        assert move.kind in MOVABLE


def within_a_step(one: AlarmClass, move: Move) -> bool:
    return one.factor / STEP - 1e-9 <= move.factor <= one.factor * STEP + 1e-9


def test_without_any_verdict_a_flood_ends_within_the_budget() -> None:
    """Alarms whose scores fall off like a power law: week by week the threshold rises until they fit, then rests."""
    factor, course = 1.0, []
    for _ in range(12):
        n_week = round(40 * factor**-2)
        course.append(n_week)
        moves = decide([a_class(n_week=n_week, factor=factor)], 15, MOVABLE, NOW)
        factor = moves[0].factor if moves else factor
    assert course[0] == 40
    assert all(n <= 15 for n in course[4:])
    assert max(course[5:]) - min(course[5:]) <= 5


@given(st.integers(0, 60), st.integers(0, 60))
def test_wilson_is_that_of_scipy(n_yes: int, n_no: int) -> None:
    n = n_yes + n_no
    low, high = wilson(n_yes, n)
    assert 0 <= low <= high <= 1
    if n:
        expected = binomtest(n_yes, n).proportion_ci(confidence_level=0.95, method="wilson")
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-6)
