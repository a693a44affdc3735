"""`running_rows`: as its naive twin, however many series lie side by side; what it finds and leaves."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors import ASPECTS, Part, Score, Scores, detectors
from analytics.detectors.running import RunningRows, score_together
from tests.analytics.naive_running import NaiveRunning

BEGIN_S = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
DAY_S = 86_400.0
ENTRY = detectors()["running_rows"]
KINDS = ("wave", "noise", "steps", "still")


def a_series(kind: str, n_rows: int, seed: int, step_s: float = 1800.0) -> Part:
    """A series with gaps and an outlier."""
    rng = np.random.default_rng(seed)
    at_s = BEGIN_S + np.cumsum(rng.choice([step_s, 3 * step_s], n_rows, p=[0.95, 0.05]))
    values = {
        "wave": 20 + 5 * np.sin(at_s / DAY_S * 2 * np.pi) + rng.normal(0, 0.5, n_rows),
        "noise": rng.normal(0, 3, n_rows),
        "steps": np.floor(np.arange(n_rows) / 7) % 5,
        "still": np.full(n_rows, 3.0),
    }[kind]
    values[n_rows * 3 // 4] += 40
    return at_s, values


def assert_near(scores: Scores, expected: Sequence[float | None]) -> None:
    """To 1e-9: sums run in another order."""
    known = [math.isnan(value) for value in scores.value.tolist()]
    assert known == [one is None for one in expected]
    told = [0.0 if one is None else one for one in expected]
    assert np.nan_to_num(scores.value).tolist() == pytest.approx(told, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_running_rows_equal_their_naive_twin(kind: str) -> None:
    at_s, values = a_series(kind, 500, seed=5)
    twin = NaiveRunning()
    expected = [twin.score(at, value) for at, value in zip(at_s.tolist(), values.tolist(), strict=True)]
    assert kind == "still" or max(one or 0.0 for one in expected) > 0
    assert_near(score_together([RunningRows()], [(at_s, values)])[0], expected)


def test_running_rows_of_odd_numbers_equal_their_naive_twin() -> None:
    """NaN, infinities, repeated and earlier instants, gaps of weeks."""
    rng = np.random.default_rng(11)
    at_s = BEGIN_S + np.cumsum(rng.choice([900.0, 0.0, -7200.0, 20 * DAY_S], 600, p=[0.85, 0.05, 0.05, 0.05]))
    values = np.where(rng.random(600) < 0.1, rng.choice([math.nan, math.inf, -math.inf], 600), rng.normal(5, 2, 600))
    twin = NaiveRunning()
    expected = [twin.score(at, value) for at, value in zip(at_s.tolist(), values.tolist(), strict=True)]
    assert_near(score_together([RunningRows()], [(at_s, values)])[0], expected)


def score_in_parts(series: Sequence[Part], cuts: Sequence[int]) -> list[list[Score | None]]:
    """Score series side by side, cut after some rows, with memories written as JSON and read again at each cut."""
    states = [RunningRows().save() for _ in series]
    scores: list[list[Score | None]] = [[] for _ in series]
    for begin, end in zip([0, *cuts], [*cuts, 10**6], strict=True):
        members = []
        for state in states:
            member = RunningRows()
            member.load(json.loads(json.dumps(state)))
            members.append(member)
        parts = [(at[begin:end], values[begin:end]) for at, values in series]
        for own, part in zip(scores, score_together(members, parts), strict=True):
            own += part.listed()
        states = [member.save() for member in members]
    return scores


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, 300), max_size=3), seed=st.integers(0, 1000))
def test_running_rows_side_by_side_and_cut_anywhere_equal_each_alone(cuts: list[int], seed: int) -> None:
    """Bit for bit, series of different lengths and rhythms."""
    series = [a_series(kind, 150 + 40 * index, seed + index, 600.0 * (1 + index)) for index, kind in enumerate(KINDS)]
    alone = [score_together([RunningRows()], [part])[0].listed() for part in series]
    assert score_in_parts(series, sorted(cuts)) == alone


def test_running_rows_remember_a_few_kilobytes() -> None:
    detector = RunningRows()
    score_together([detector], [a_series("wave", 500, seed=1)])
    assert len(json.dumps(detector.save())) < 4_000


def test_running_rows_say_nothing_of_a_first_movement() -> None:
    """A fan in its first working week: how far it usually moves nobody can know yet."""
    at_s = BEGIN_S + np.arange(600) * 900.0
    values = np.where(np.arange(600) > 500, 67.0, 0.0)
    scores = score_together([RunningRows()], [(at_s, values)])[0].value
    assert np.nanmax(scores) == 0


@pytest.mark.parametrize(
    ("fault", "aspects"),
    [
        (lambda row, value: value + 40 * (row == 1000), {"value", "step", "hour"}),
        (lambda row, value: value + 30 * (row >= 1000), {"value", "step", "hour", "short_mean", "long_mean"}),
        (lambda row, value: value + np.where(row >= 1000, 25 * (-1.0) ** row, 0), {"value", "step", "spread", "hour"}),
    ],
    ids=["outlier", "level", "spread"],
)
def test_running_rows_find_a_fault_within_a_day_of_rows(fault: object, aspects: set[str]) -> None:
    row = np.arange(1100)
    at_s = BEGIN_S + row * 1800.0
    ordinary = 20 + 5 * np.sin(at_s / DAY_S * 2 * np.pi) + np.random.default_rng(3).normal(0, 0.5, row.size)
    assert callable(fault)
    scores = score_together([RunningRows()], [(at_s, fault(row, ordinary))])[0]
    high = np.flatnonzero(scores.value >= ENTRY.open_at)
    assert high.size
    assert 1000 <= high[0] < 1048
    assert ASPECTS[scores.aspect[high[0]]] in aspects
    found = scores.one(int(high[0]))
    assert found is not None
    assert not found.expected_low <= found.looked_at <= found.expected_high


def test_running_rows_know_the_hour() -> None:
    """The value of noon at midnight is strange, though the series says it every day."""
    at_s = BEGIN_S + np.arange(21 * 48) * 1800.0
    hour = at_s / 3600 % 24
    values = np.where((hour >= 6) & (hour < 18), 100.0, 10.0) + np.random.default_rng(5).normal(0, 1, at_s.size)
    faulty = values.copy()
    faulty[20 * 48 : 20 * 48 + 4] += 90
    calm, strange = (score_together([RunningRows()], [(at_s, one)])[0].value for one in (values, faulty))
    assert np.nanmax(strange[20 * 48 :]) > 1.5 * np.nanmax(calm[20 * 48 :])
