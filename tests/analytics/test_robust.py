"""`robust_level`: as its naive twin says, however values are cut and put side by side; what it finds and leaves."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors import Floats, Part, Score, Scores, detectors
from analytics.detectors.robust import RobustLevel, score_together
from tests.analytics.naive_robust import NaiveRobust

BEGIN_S = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
DAY_S = 86_400.0
ENTRY = detectors()["robust_level"]


def hourly(n_days: int, step_s: float = 3600.0) -> Floats:
    return BEGIN_S + np.arange(0, n_days * DAY_S, step_s)


def a_series(kind: str, n_days: int, seed: int) -> Part:
    """A series of a kind that towns have, with gaps, outliers and a step."""
    rng = np.random.default_rng(seed)
    at_s = hourly(n_days, 5400.0)[rng.random(n_days * 16) < 0.9] + rng.integers(0, 300)
    hour, day = at_s / 3600 % 24, (at_s - BEGIN_S) // DAY_S
    values = {
        "wave": 20 + 5 * np.sin(hour / 24 * 2 * np.pi) + rng.normal(0, 1, at_s.size),
        "switch": np.where((hour < 6) | (hour > 18), 80.0, 0.0),
        "weekdays": np.where((day % 7 < 5) & (hour > 7), 40 + rng.normal(0, 3, at_s.size), 0.0),
        "battery": np.floor(90 - day / 9),
        "still": np.full(at_s.size, 3.0),
        "late": np.where(day > n_days / 2, rng.random(at_s.size) * 50, 0.0),
    }[kind]
    values = np.where(rng.random(at_s.size) < 0.003, values * 30 + 10, values)
    return at_s, np.where(day > 0.8 * n_days, values + 20, values)


KINDS = ("wave", "switch", "weekdays", "battery", "still", "late")


def assert_same(scores: Sequence[Score | None], expected: Sequence[Score | None]) -> None:
    """Bit for bit."""
    assert len(scores) == len(expected)
    for index, (one, other) in enumerate(zip(scores, expected, strict=True)):
        assert one == other, (index, one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_robust_level_equals_its_naive_twin(kind: str) -> None:
    at_s, values = a_series(kind, 80, seed=7)
    twin = NaiveRobust()
    expected = [twin.score(at, value) for at, value in zip(at_s.tolist(), values.tolist(), strict=True)]
    scores = score_together([RobustLevel()], [(at_s, values)])[0].listed()
    assert any(score is not None and score.value > 0 for score in expected) or kind == "battery"
    assert_same(scores, expected)


def test_robust_level_of_any_numbers_equals_its_naive_twin() -> None:
    """NaN, infinities, zeros, repeated and earlier instants, gaps of weeks, steps of ten orders."""
    rng = np.random.default_rng(11)
    steps = rng.choice([3600.0, 900.0, 0.0, -7200.0, 40_000.0, 20 * DAY_S], 3000, p=[0.5, 0.3, 0.05, 0.04, 0.1, 0.01])
    at_s = BEGIN_S + np.cumsum(steps)
    values = rng.choice([0.0, -0.0, 1.0, 2.0, 1e10, -3e-7, math.nan, math.inf, 1e300], 3000)
    twin = NaiveRobust()
    expected = [twin.score(at, value) for at, value in zip(at_s.tolist(), values.tolist(), strict=True)]
    assert_same(score_together([RobustLevel()], [(at_s, values)])[0].listed(), expected)


def score_in_parts(series: Sequence[Part], cuts_s: Sequence[float]) -> list[list[Score | None]]:
    """Score series side by side, cut at some instants, with memories written as JSON and read again at each cut."""
    states = [RobustLevel().save() for _ in series]
    scores: list[list[Score | None]] = [[] for _ in series]
    for begin_s, end_s in zip([-math.inf, *cuts_s], [*cuts_s, math.inf], strict=True):
        members = []
        for state in states:
            member = RobustLevel()
            member.load(json.loads(json.dumps(state)))
            members.append(member)
        parts = [(at[(at >= begin_s) & (at < end_s)], v[(at >= begin_s) & (at < end_s)]) for at, v in series]
        for own, part in zip(scores, score_together(members, parts), strict=True):
            own += part.listed()
        states = [member.save() for member in members]
    return scores


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.floats(0, 60 * DAY_S), max_size=4), seed=st.integers(0, 1000))
def test_robust_level_side_by_side_and_cut_anywhere_equals_each_alone(cuts: list[float], seed: int) -> None:
    """Series of different rhythms, starting and ending at different times, cut together at any instant."""
    rng = np.random.default_rng(seed)
    series = []
    for index, kind in enumerate(KINDS):
        at_s, values = a_series(kind, 60, seed + index)
        chosen = (at_s >= BEGIN_S + rng.integers(0, 20) * DAY_S) & (at_s < BEGIN_S + rng.integers(40, 61) * DAY_S)
        series.append((at_s[chosen], values[chosen]))
    alone = [score_together([RobustLevel()], [part])[0].listed() for part in series]
    assert score_in_parts(series, sorted(BEGIN_S + cut for cut in cuts)) == alone


def test_robust_level_remembers_a_few_kilobytes() -> None:
    """The longest memory: all hours, all weeks."""
    rng = np.random.default_rng(3)
    at_s = hourly(120)
    detector = RobustLevel()
    score_together([detector], [(at_s, rng.normal(0, 1, at_s.size))])
    assert len(json.dumps(detector.save())) < 6_000


def highest(part: Part, from_day: float) -> tuple[float, Scores, int]:
    """Give the highest score from a day on, all scores, and where it is."""
    scores = score_together([RobustLevel()], [part])[0]
    late = np.flatnonzero((part[0] >= BEGIN_S + from_day * DAY_S) & ~np.isnan(scores.value))
    index = int(late[np.argmax(scores.value[late])])
    return float(scores.value[index]), scores, index


def test_robust_level_leaves_switching_that_moves_with_the_sun() -> None:
    """A lamp that goes off two hours earlier within two months, and an hour at once with summer time."""
    at_s = hourly(90, 900.0)
    hour, day = at_s / 3600 % 24, (at_s - BEGIN_S) / DAY_S
    off_at = 8.0 - day / 30 - np.where(day > 60, 1.0, 0.0)
    values = np.where((hour < off_at) | (hour > 16 + day / 30), 80.0, 0.0)
    value, _, _ = highest((at_s, values), 30)
    assert value < ENTRY.open_at / 2


def test_robust_level_finds_a_leak_in_the_lowest_flow_of_the_day() -> None:
    at_s = hourly(60, 900.0)
    rng = np.random.default_rng(2)
    flow = 0.5 + 4 * np.clip(np.sin((at_s / 3600 % 24 - 6) / 24 * 2 * np.pi), 0, 1) + rng.normal(0, 0.03, at_s.size)
    leaking = flow + np.clip(((at_s - BEGIN_S) / DAY_S - 50) / 4, 0, 1) * 0.8
    assert highest((at_s, flow), 40)[0] < ENTRY.open_at
    value, scores, index = highest((at_s, leaking), 40)
    score = scores.one(index)
    assert score is not None
    assert value >= ENTRY.open_at
    assert score.aspect == "day_low"
    assert score.looked_at > score.expected_high


def test_robust_level_grows_deaf_to_what_a_series_often_does() -> None:
    """The same peak once a fortnight: an alarm at first, none in the third month."""
    at_s = hourly(100, 900.0)
    rng = np.random.default_rng(4)
    values = rng.normal(20, 0.5, at_s.size)
    peaks = ((at_s - BEGIN_S) / DAY_S % 14 > 13.9) & (at_s % 3600 < 900)
    scores = score_together([RobustLevel()], [(at_s, values + 6 * peaks)])[0].value
    early, late = at_s < BEGIN_S + 40 * DAY_S, at_s > BEGIN_S + 65 * DAY_S
    assert np.nanmax(scores[early & peaks]) >= ENTRY.open_at / 2
    assert np.nanmax(scores[late]) < ENTRY.open_at / 2


def test_robust_level_says_nothing_of_a_first_movement() -> None:
    """A boiler in its first autumn: how far it usually moves nobody can know yet."""
    at_s = hourly(55)
    values = np.where(at_s > BEGIN_S + 50 * DAY_S, 70.0, 0.0)
    assert highest((at_s, values), 0)[0] == 0


def test_robust_level_judges_an_hour_last_seen_long_ago_by_the_day() -> None:
    """Bounds are numbers even where nothing of an hour is left in memory."""
    at_s = hourly(150)
    at_s = at_s[(at_s < BEGIN_S + 30 * DAY_S) | (at_s / 3600 % 24 < 6) | (at_s > BEGIN_S + 149 * DAY_S)]
    scores = ENTRY.make().score([datetime.fromtimestamp(at, UTC) for at in at_s], (at_s / 3600 % 5).tolist())
    known = [score for score in scores if score is not None]
    assert known
    assert all(math.isfinite(n) for score in known for n in (score.value, score.expected_low, score.expected_high))


def test_robust_level_ignores_the_calendar_of_pauses() -> None:
    """Three months without a value are no reason for an alarm afterwards."""
    at_s, _ = a_series("wave", 40, seed=1)
    pause = timedelta(days=90).total_seconds()
    ordinary = 20 + 5 * np.sin(at_s / 3600 % 24 / 24 * 2 * np.pi)
    scores = score_together(
        [RobustLevel()], [(np.concatenate((at_s, at_s + pause)), np.concatenate((ordinary, ordinary)))]
    )
    assert np.nanmax(scores[0].value) < 1
