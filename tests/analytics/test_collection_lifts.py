"""Planned lifts made, skipped or not known, overflow held against them, and a period run again: drawn containers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.collection.lifts import DRIVEN, LEFT_OUT, NOT_KNOWN, Account, Planned, Told, account_for
from analytics.collection.track import Floats, Track, make_tracks
from analytics.collection.what_if import Beat, rerun
from store.collection import ContainerLevels

BEGIN = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86_400.0
PERIOD = (BEGIN, BEGIN + 28 * DAY)
NO_WORD = Told(np.array([]), np.array([]))
SLOT_HOURS = 10
REST = 2.0  # what an emptying leaves


def slots(days: list[int], fates: list[int] | int = NOT_KNOWN) -> Planned:
    """Rounds of the plan at six in the morning of some days of the period."""
    begins = BEGIN + np.array(days, dtype=np.float64) * DAY + 6 * HOUR
    codes = np.full(len(days), fates) if isinstance(fates, int) else np.array(fates)
    return Planned(begins, begins + SLOT_HOURS * HOUR, codes)


def levels_of(emptied_h: set[int], per_h: float, first: float = 10.0, n_days: int = 28) -> list[float]:
    """Fill at a steady pace hour by hour, up to 110 %."""
    level, levels = first, []
    for hour in range(n_days * 24):
        level = REST if hour in emptied_h else min(110.0, level + per_h)
        levels.append(level)
    return levels


def a_container(levels: list[float], at_h: list[int] | None = None, **more: object) -> ContainerLevels:
    hours = list(range(len(levels))) if at_h is None else at_h
    at_s = tuple(int(BEGIN + hour * HOUR) for hour in hours)
    container = ContainerLevels(1, 10, "Bin", "nord", "glass", None, at_s, tuple(levels[hour] for hour in hours))
    return replace(container, **more)  # type: ignore[arg-type]  # fields by name


def track_of(levels: list[float], at_h: list[int] | None = None) -> Track:
    (track,) = make_tracks([a_container(levels, at_h)])
    return track


def told(track: Track, planned: Planned, word: Told = NO_WORD) -> Account:
    return account_for(track, planned, word, PERIOD)


@given(
    visited=st.lists(st.booleans(), min_size=8, max_size=8),
    per_h=st.floats(0.4, 1.2),
)
def test_fates_and_overflow_equal_those_drawn(visited: list[bool], per_h: float) -> None:
    """A plan of every third day: a container filled to 30 % shows each lift and each skip, and its overflow."""
    days = [3 * n + 3 for n in range(8)]
    emptied = {24 * day + 9 for day, is_visited in zip(days, visited, strict=True) if is_visited}
    levels = levels_of(emptied, per_h, first=31.0)
    account = told(track_of(levels), slots(days))
    skipped = [day for day, is_visited in zip(days, visited, strict=True) if not is_visited]
    shows = [levels[24 * day + 6] >= 30 for day in days]
    if not all(shows):  # too slow to show every emptying
        return
    assert account.n_planned == 8
    assert account.n_made == sum(visited)
    assert [one.planned_s for one in account.skipped] == [BEGIN + (24 * day + 6) * HOUR for day in skipped]
    assert [one.level for one in account.skipped] == [round(levels[24 * day + 6], 1) for day in skipped]
    naive_minutes, naive_held = overflow_after(levels, days, visited)
    assert account.overflow_s / 60 == pytest.approx(naive_minutes)
    assert account.n_held == naive_held
    assert account.n_avoided == len(skipped) - naive_held


def overflow_after(levels: list[float], days: list[int], visited: list[bool]) -> tuple[float, int]:
    """Count hour by hour the minutes of overflow between a skip and the next lift, and the skips followed by some."""
    hours, held = set[int](), 0
    for day, is_visited in zip(days, visited, strict=True):
        if is_visited:
            continue
        lifts = [24 * d + 9 for d, v in zip(days, visited, strict=True) if v and d > day]
        over = [hour for hour in range(24 * day + 6, min([*lifts, 28 * 24])) if levels[hour] >= 100]
        hours |= set(over)
        held += bool(over)
    last = 28 * 24 - 1
    return 60.0 * len(hours - {last}) + (60.0 if last in hours else 0.0), held


def test_low_container_shares_the_fate_of_its_round() -> None:
    track = track_of([10.0] * 28 * 24)
    account = told(track, slots([4, 8, 12], [DRIVEN, LEFT_OUT, NOT_KNOWN]))
    assert (account.n_assumed, len(account.skipped), account.n_unknown) == (1, 1, 1)
    assert account.skipped[0].level == 10.0


def test_filled_container_that_a_driven_round_passed_by_was_skipped() -> None:
    account = told(track_of(levels_of(set(), 0.05, first=50.0)), slots([4], DRIVEN))
    assert (account.n_made, account.n_avoided) == (0, 1)


def test_lift_beside_the_plan_is_an_extra_one() -> None:
    """Emptied on a day without a round: one planned lift skipped, another made, nothing avoided."""
    account = told(track_of(levels_of({24 * 6 + 9}, 0.4, first=31.0)), slots([4]))
    assert (len(account.skipped), account.n_extra, account.n_avoided) == (1, 1, 0)


def test_vehicle_before_the_hour_makes_the_planned_lift() -> None:
    account = told(track_of(levels_of({24 * 4 + 4}, 0.4, first=31.0)), slots([4]))
    assert (account.n_made, account.n_extra) == (1, 0)


def test_telematics_tell_a_lift_that_levels_cannot_show() -> None:
    track = track_of([10.0] * 28 * 24)
    word = Told(np.array([BEGIN + 4 * DAY + 7 * HOUR, BEGIN + 6 * DAY]), np.array([]))
    account = told(track, slots([4, 8], LEFT_OUT), word)
    assert (account.n_made, account.n_extra, len(account.skipped)) == (1, 1, 1)


def test_lift_told_and_seen_counts_once() -> None:
    word = Told(np.array([BEGIN + 4 * DAY + 9 * HOUR]), np.array([]))
    account = told(track_of(levels_of({24 * 4 + 9}, 0.4, first=31.0)), slots([4]), word)
    assert (account.n_made, account.n_extra) == (1, 0)


def test_container_out_of_its_place_saves_nothing_and_is_not_known() -> None:
    word = Told(np.array([]), BEGIN + (24 * 4 + np.arange(5, 12)) * HOUR)
    account = told(track_of(levels_of(set(), 0.05, first=50.0)), slots([4, 8]), word)
    assert (account.n_unknown, len(account.skipped)) == (1, 1)


def test_silent_container_is_not_known_unless_its_round_is() -> None:
    track = track_of([50.0] * 28 * 24, at_h=list(range(24)))
    account = told(track, slots([10, 14], [NOT_KNOWN, LEFT_OUT]))
    assert (account.n_unknown, len(account.skipped)) == (1, 1)
    assert account.skipped[0].level is None
    assert account.n_unseen == 1  # what it may have overflowed nobody saw
    assert account.unseen_s == pytest.approx(PERIOD[1] - BEGIN - 14 * DAY - 6 * HOUR)


def test_overflow_of_a_skip_before_the_period_counts_when_it_begins() -> None:
    """Skipped two days before the period, full on its second day: held against this period, not the one before."""
    per_h = 0.6
    levels = levels_of(set(), per_h, first=60.0, n_days=28)
    early = Planned(np.array([BEGIN - 2 * DAY]), np.array([BEGIN - 2 * DAY + 10 * HOUR]), np.array([LEFT_OUT]))
    account = told(track_of(levels), early)
    assert (account.n_planned, len(account.skipped), account.n_held, account.n_avoided) == (0, 0, 1, -1)
    before = account_for(track_of(levels), early, NO_WORD, (BEGIN - 20 * DAY, BEGIN))
    assert (len(before.skipped), before.n_held) == (1, 0)


def test_change_of_sensor_is_no_lift() -> None:
    """A sensor that was put elsewhere: its successor begins lower, nobody came by."""
    levels = levels_of(set(), 0.1, first=70.0)
    old = a_container(levels, at_h=list(range(24 * 4 + 8)))
    new = a_container([level - 40 for level in levels], at_h=list(range(24 * 4 + 8, 28 * 24)), series_id=11)
    (track,) = make_tracks([old, new])
    account = told(track, slots([4, 8]))
    assert (account.n_made, account.n_extra, len(account.skipped)) == (0, 0, 2)


def beat_of(tracks: list[Track], days: list[int]) -> Beat:
    return Beat(tracks, slots(days).begins)


def test_rerun_at_the_lowest_threshold_drives_the_whole_plan() -> None:
    track = track_of(levels_of({24 * 8 + 9}, 0.4, first=10.0))
    whole = rerun([beat_of([track, track], [4, 8, 12])], PERIOD, 0.001)
    assert (whole.n_rounds, whole.n_planned_rounds) == (3, 3)
    assert (whole.n_lifts, whole.n_planned_lifts) == (6, 6)


def test_rerun_as_it_was_overflows_as_it_did() -> None:
    """Never emptied in truth and never in the run: the same minutes above 100 %."""
    levels = levels_of(set(), 0.3, first=10.0)
    run = rerun([beat_of([track_of(levels)], [4, 8])], PERIOD, 120.0)
    assert (run.n_rounds, run.overflow_min) == (0, 60.0 * sum(level >= 100 for level in levels))


@given(per_h=st.floats(0.2, 0.9), threshold=st.floats(20, 100), visited=st.lists(st.booleans(), min_size=8, max_size=8))
def test_rerun_equals_an_hourly_simulation(per_h: float, threshold: float, visited: list[bool]) -> None:
    """Whatever was done in truth, running the inflow through another threshold gives what it would have given."""
    days = [3 * n + 3 for n in range(8)]
    emptied = {24 * day + 9 for day, is_visited in zip(days, visited, strict=True) if is_visited}
    levels = levels_of(emptied, per_h, first=5.0)
    track = track_of(levels)
    is_clear = np.diff(levels).min() >= 0 or (len(track.falls) == sum(visited))
    if not is_clear or max(levels) >= 110:  # an emptying too small to see, or inflow nobody could see
        return
    run = rerun([beat_of([track], days)], PERIOD, threshold)
    n_lifts, overflow_h = simulate(levels, track, days, threshold)
    assert (run.n_lifts, run.n_rounds) == (n_lifts, n_lifts)
    assert run.overflow_min == pytest.approx(60 * overflow_h)


def simulate(levels: list[float], track: Track, days: list[int], threshold: float) -> tuple[int, int]:
    """Fill the container hour by hour with what came in, emptying it where it is at the threshold."""
    came: Floats = np.diff(track.inflow, prepend=0.0)
    level, n_lifts, overflow_h = levels[0], 0, 0
    for hour in range(len(levels)):
        level += came[hour]
        if hour in {24 * day + 6 for day in days} and level >= threshold:
            level, n_lifts = track.left, n_lifts + 1
        overflow_h += level >= 100
    return n_lifts, int(overflow_h)


def test_rerun_lifts_what_it_does_not_know() -> None:
    track = track_of([50.0] * 28 * 24, at_h=list(range(24)))
    run = rerun([beat_of([track], [10, 14])], PERIOD, 80.0)
    assert (run.n_lifts, run.n_unseen) == (2, 2)


def test_round_is_driven_from_a_share_of_its_containers_on() -> None:
    full, empty = track_of([90.0] * 28 * 24), track_of([10.0] * 28 * 24)
    beat = beat_of([full, empty, empty, empty], [4])
    assert rerun([beat], PERIOD, 80.0, least_share=0.25).n_rounds == 1
    assert rerun([beat], PERIOD, 80.0, least_share=0.5).n_rounds == 0


def test_shorter_hold_is_a_gap() -> None:
    track = track_of([50.0] * 28 * 24, at_h=[0, 200])
    hold = timedelta(hours=26).total_seconds()
    assert track.before(np.array([BEGIN + hold, BEGIN + hold + 1])).tolist()[0] == 50.0
    assert np.isnan(track.before(np.array([BEGIN + hold + 1]))[0])
