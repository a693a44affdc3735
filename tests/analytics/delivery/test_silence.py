"""Silences of devices that declare how often they send."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.delivery.silence import find_lasting, find_silences, split
from store.gaps import GapRow, Interval

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
TEN_MINUTES = [Interval(600, None, None)]


def at(*minutes: float) -> list[datetime]:
    return [START + timedelta(minutes=each) for each in minutes]


def found(*minutes: float, intervals: list[Interval] | None = None) -> list[tuple[float, int]]:
    """Minute at which each silence began, and how many messages are missing."""
    gaps = find_silences(1, at(*minutes), TEN_MINUTES if intervals is None else intervals)
    return [((gap.began_at - START) / timedelta(minutes=1), gap.n_missing) for gap in gaps]


def test_a_late_message_is_not_a_missing_one() -> None:
    assert found(0, 10, 24, 34) == []


def test_one_and_a_half_intervals_are_a_missing_message() -> None:
    assert found(0, 15, 25, 65) == [(0, 1), (25, 3)]


def test_a_device_may_send_more_often() -> None:
    assert found(0, 1, 2, 3, 4) == []


def test_without_an_interval_nothing_is_expected() -> None:
    assert found(0, 1000, intervals=[]) == []
    assert found(0, 60, intervals=[Interval(600, at(100)[0], at(200)[0])]) == []


def test_nobody_counts_across_the_end_of_an_interval() -> None:
    assert found(0, 60, intervals=[Interval(600, START, at(30)[0])]) == []


def test_the_first_interval_that_holds_counts() -> None:
    own = Interval(1800, START, at(120)[0])
    assert found(0, 60, intervals=[own, *TEN_MINUTES]) == [(0, 1)]


def test_a_lasting_silence_counts_what_is_overdue() -> None:
    assert find_lasting(1, START, at(14)[0], TEN_MINUTES) is None
    lasting = find_lasting(1, START, at(15)[0], TEN_MINUTES)
    assert lasting is not None
    assert (lasting.n_missing, lasting.lasts) == (1, True)
    longer = find_lasting(1, START, at(64)[0], TEN_MINUTES)
    assert longer is not None
    assert longer.n_missing == 5


def test_a_lasting_silence_ends_with_its_interval() -> None:
    lasting = find_lasting(1, START, at(600)[0], [Interval(600, START, at(35)[0])])
    assert lasting is not None
    assert lasting.n_missing == 3


@given(st.sets(st.integers(0, 60), min_size=2), st.sets(st.integers(0, 60)))
def test_late_messages_leave_what_would_have_been_found_with_them(first: set[int], late: set[int]) -> None:
    """Promise: it does not matter in which order messages come; naive twin: all of them at once."""
    known = sorted(first)
    gaps = list(find_silences(1, at(*(10.0 * each for each in known)), TEN_MINUTES))
    after: list[GapRow] = []
    for gap in gaps:
        inside = [each for each in at(*(10.0 * one for one in sorted(late))) if gap.began_at < each < gap.ended_at]
        after += split(gap, inside, TEN_MINUTES) if inside else [gap]
    inside_all = sorted(first | {one for one in late if known[0] <= one <= known[-1]})
    naive = list(find_silences(1, at(*(10.0 * each for each in inside_all)), TEN_MINUTES))
    assert Counter((gap.began_at, gap.n_missing) for gap in after if gap.missing) == Counter(
        (gap.began_at, gap.n_missing) for gap in naive
    )
    assert sum(gap.n_missing for gap in naive) == known[-1] - known[0] + 1 - len(inside_all)
