"""Counts followed: whatever is lost, repeated, late, rolled over or begun anew, what is missing is what was lost."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.delivery.account import follow
from analytics.delivery.count import Follower, spread
from store.gaps import HOUR, CountRow, GapRow

START = datetime(2026, 5, 4, 8, tzinfo=UTC)
STEP = timedelta(minutes=7)
SIZES = (None, 1 << 16, 1 << 32)


@dataclass(slots=True)
class Ear:
    """Hears one device, as the job does."""

    followers: dict[tuple[int, str], Follower] = field(default_factory=dict)
    last_at: dict[str, datetime] = field(default_factory=dict)

    def hear(self, *counts: CountRow) -> None:
        for count in sorted(counts, key=lambda count: (count.sent_at, count.number)):
            follow(self.followers, self.last_at, count)

    @property
    def gaps(self) -> list[GapRow]:
        return [gap for follower in self.followers.values() for gap in follower.gaps if gap.missing]

    @property
    def n_missing(self) -> int:
        return sum(gap.n_missing for gap in self.gaps)

    @property
    def n_heard(self) -> int:
        return sum(sum(follower.heard.values()) for follower in self.followers.values())


def frame(number: int, at: int, session: str = "s") -> CountRow:
    """A frame of device 1, sent `at` steps after the start."""
    return CountRow(1, "frame_counter", session, number, START + at * STEP)


def spoken(numbers: list[int], session: str = "s") -> list[CountRow]:
    """Frames sent one after the other."""
    return [frame(number, at, session) for at, number in enumerate(numbers)]


def test_numbers_in_between_are_missing() -> None:
    ear = Ear()
    ear.hear(*spoken([7, 8, 11, 12]))
    assert [gap.missing for gap in ear.gaps] == [((9, 11),)]
    assert (ear.gaps[0].began_at, ear.gaps[0].ended_at) == (START + STEP, START + 2 * STEP)


def test_the_first_message_ever_heard_opens_no_gap() -> None:
    ear = Ear()
    ear.hear(frame(5000, 0))
    assert ear.gaps == []


def test_a_late_message_is_taken_out_of_its_gap() -> None:
    ear = Ear()
    ear.hear(frame(1, 1), frame(5, 5))
    ear.hear(frame(3, 3))
    assert [gap.missing for gap in ear.gaps] == [((2, 3), (4, 5))]
    ear.hear(frame(2, 2), frame(4, 4))
    assert ear.gaps == []
    assert ear.n_heard == 5


def test_a_repetition_is_heard_once() -> None:
    ear = Ear()
    ear.hear(frame(1, 1), frame(2, 2))
    ear.hear(frame(1, 1), frame(2, 2))
    assert (ear.n_heard, ear.n_missing) == (2, 0)


def test_a_count_rolls_over_at_16_bits() -> None:
    ear = Ear()
    ear.hear(*spoken([65_533, 65_534, 1, 2]))
    assert [gap.n_missing for gap in ear.gaps] == [2]  # 65535 and 0


def test_a_count_of_32_bits_does_not_roll_over_at_16() -> None:
    ear = Ear()
    ear.hear(*spoken([65_534, 65_535, 65_536, 65_537]))
    assert ear.gaps == []


def test_a_count_that_begins_anew_has_lost_what_is_below_its_number() -> None:
    ear = Ear()
    ear.hear(*spoken([100, 101, 3, 4]))
    assert [gap.n_missing for gap in ear.gaps] == [3]
    assert ear.n_heard == 4


def test_a_new_session_begins_at_0() -> None:
    ear = Ear()
    ear.hear(*spoken([100, 101], "old"))
    ear.hear(frame(2, 5, "new"), frame(3, 6, "new"))
    assert [(gap.session, gap.missing) for gap in ear.gaps] == [("new", ((0, 2),))]
    assert ear.gaps[0].began_at == START + STEP


def test_a_leap_that_no_network_accepts_is_no_gap() -> None:
    ear = Ear()
    ear.hear(*spoken([1, 2, 40_000, 40_001]))
    assert (ear.gaps, ear.n_heard) == ([], 4)


def test_a_sequence_that_comes_a_little_out_of_order_has_not_begun_anew() -> None:
    """Its messages carry no time of their own: the late one has the later instant."""
    ear = Ear()
    rows = [CountRow(1, "sequence", "", number, START + at * STEP) for at, number in enumerate([4, 6, 5, 7])]
    for row in rows:
        ear.hear(row)
    assert (ear.gaps, ear.n_heard) == ([], 4)


@given(
    start=st.integers(0, 40),
    size=st.sampled_from(SIZES),
    is_lost=st.lists(st.booleans(), min_size=3, max_size=80),
    data=st.data(),
)
def test_missing_is_what_was_lost(start: int, size: int | None, is_lost: list[bool], data: st.DataObject) -> None:
    """Naive twin: a set of the frames sent between the first and the last heard, less those heard."""
    is_lost[0] = is_lost[-1] = False
    first = start if size is None else size - start - 1
    sent = [(first + index) if size is None else (first + index) % size for index in range(len(is_lost))]
    heard = [frame(number, at) for at, number in enumerate(sent) if not is_lost[at]]
    later = data.draw(st.permutations(heard[1:-1])) if len(heard) > 2 else []
    repeated = data.draw(st.lists(st.sampled_from(heard), max_size=10))
    arriving = [heard[0], heard[-1], *later, *repeated] if data.draw(st.booleans()) else [*heard, *repeated]
    if size is not None:  # over a roll-over frames come in their order: a count tells nothing about a longer past
        arriving = [*heard, *repeated]
    ear = Ear()
    while arriving:
        n = data.draw(st.integers(1, len(arriving)))
        ear.hear(*arriving[:n])
        arriving = arriving[n:]
    assert ear.n_missing == sum(is_lost)
    assert ear.n_heard == len(heard)
    missing_at = sorted(at for at, lost in enumerate(is_lost) if lost)
    found_at = sorted(
        (gap.began_at - START) // STEP + number - gap.first_number + 1
        for gap in ear.gaps
        for begin, end in gap.missing
        for number in range(begin, end)
    )
    assert found_at == missing_at


@given(
    runs=st.lists(st.lists(st.booleans(), min_size=1, max_size=30), min_size=1, max_size=4),
    is_told=st.booleans(),
)
def test_each_beginning_costs_what_was_lost_before_the_last_one_heard(runs: list[list[bool]], is_told: bool) -> None:
    """Restarts with or without a new session: lost is known up to the last frame heard of each run, never beyond."""
    ear, at, known_lost, is_first = Ear(), 0, 0, True
    previous = 0
    for index, run in enumerate(runs):
        heard = [number for number, is_lost in enumerate(run) if not is_lost]
        at += len(run)
        if not heard or (not is_told and not is_first and heard[0] >= previous):
            continue  # not to be told from going on
        session = f"run {index}" if is_told else "s"
        ear.hear(*(frame(number, at - len(run) + number, session) for number in heard))
        known_lost += heard[-1] + 1 - len(heard) - (heard[0] if is_first else 0)
        is_first, previous = False, heard[-1]
    assert ear.n_missing == known_lost


@given(
    ranges=st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=5),
    minutes=st.integers(0, 10_000),
)
def test_missing_messages_are_spread_evenly(ranges: list[tuple[int, int]], minutes: int) -> None:
    """Naive twin: each number's own instant."""
    missing, number = [], 1
    for skip, length in ranges:
        missing.append((number + skip, number + skip + length))
        number += skip + length
    began_at = START + timedelta(minutes=13)
    ended_at = began_at + timedelta(minutes=minutes)
    gap = GapRow(None, 1, "frame_counter", "s", began_at, ended_at, False, 1, number, tuple(missing))
    naive: Counter[int] = Counter()
    for begin, end in missing:
        for each in range(begin, end):
            offset = timedelta(minutes=13) + (ended_at - began_at) * each / (number + 1)
            naive[offset // HOUR] += 1
    counted = spread(gap)
    assert sum(counted.values()) == gap.n_missing
    close = {int((key[1] - START) / HOUR): count for key, count in counted.items()}
    assert close == dict(naive)
