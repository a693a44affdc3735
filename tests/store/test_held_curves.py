"""Curves are cut into periods so that each value holds as long as it may, and no longer."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from store.held_curves import YEAR_2000, Held, S, as_seconds, cut, microseconds

HOLD_US = 10 * S


def a_curve(at_s: list[int], values: list[float], begins_s: int = 0, ends_s: int = 1000) -> Held:
    at_us = np.array(at_s, dtype=np.int64) * S
    return Held(7, 9, 80.0, HOLD_US, begins_s * S, ends_s * S, at_us, np.array(values, dtype=np.float64))


def held_at(at_s: list[int], values: list[float], second: int) -> float | None:
    """The value that holds in a second, by looking at each."""
    before = [(at, value) for at, value in zip(at_s, values, strict=True) if at <= second]
    return before[-1][1] if before and second - before[-1][0] < HOLD_US // S else None


@given(
    st.lists(st.integers(0, 60), unique=True, max_size=12).map(sorted),
    st.integers(0, 50),
    st.integers(1, 40),
    st.integers(0, 60),
)
def test_seconds_of_each_value_are_those_in_which_it_holds(at_s: list[int], first: int, n: int, placed_s: int) -> None:
    """Whatever comes when, wherever the period lies, and whenever the series was placed."""
    values = [float(index) for index in range(len(at_s))]
    held = a_curve(at_s, values, begins_s=placed_s)
    seconds = range(max(first, placed_s), first + n)
    told = [held_at(at_s, values, second) for second in seconds]
    expected = {value: float(told.count(value)) for value in told if value is not None}
    found = cut(held, first * S, (first + n) * S)
    assert [curve.expected_s for curve in found] == ([float(len(seconds))] if seconds else [])
    for curve in found:
        assert dict(zip(curve.values, curve.seconds, strict=True)) == expected
        assert (curve.asset_id, curve.series_id, curve.full_at_percent) == (7, 9, 80.0)


def test_periods_side_by_side_add_up_to_the_whole() -> None:
    held = a_curve([3, 8, 40], [1.0, 2.0, 3.0])
    (whole,), (left,), (right,) = cut(held, 0, 60 * S), cut(held, 0, 10 * S), cut(held, 10 * S, 60 * S)
    assert sum(left.seconds) + sum(right.seconds) == sum(whole.seconds) == 5 + 10 + 10


def test_a_placement_that_ended_before_the_period_has_no_curve() -> None:
    assert cut(a_curve([3], [1.0], ends_s=20), 20 * S, 30 * S) == []


def test_instants_and_spans_are_exact() -> None:
    at = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)
    assert YEAR_2000 + timedelta(microseconds=microseconds(at)) == at
    assert as_seconds(np.array([3 * 86_400 * S + 250_000])).tolist() == [259_200.25]
