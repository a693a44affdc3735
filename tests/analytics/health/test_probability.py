"""Probabilities of failure: monotone, bounded, and those of plain arithmetic."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.health.probability import (
    LONGEST_D,
    TIMES,
    Signals,
    expected_loss,
    lives_through,
    look_ahead,
    survival_by_rate,
    waiting_cost,
)

N_ASSETS = 4
SIGNAL = st.tuples(
    st.integers(0, N_ASSETS - 1),
    st.integers(0, 2),
    st.floats(0, 1),
    st.one_of(st.just(0.0), st.floats(0.01, 1e6)),
)


def signals_of(rows: list[tuple[int, int, float, float]]) -> Signals:
    groups = {key: place for place, key in enumerate(dict.fromkeys((row[0], row[1]) for row in rows))}
    return Signals(
        np.array([row[0] for row in rows], dtype=np.intp),
        np.array([groups[row[0], row[1]] for row in rows], dtype=np.intp),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
    )


@given(st.lists(SIGNAL, max_size=12), st.lists(st.floats(0, 100), min_size=N_ASSETS, max_size=N_ASSETS))
def test_a_longer_time_is_never_less_likely(rows: list[tuple[int, int, float, float]], rates: list[float]) -> None:
    """Whatever findings say and rates are: 0 <= F(7) <= F(30) <= F(90) <= 1, and the interval is in order."""
    outlook = look_ahead(survival_by_rate(np.array(rates)), signals_of(rows))
    assert (outlook.within >= 0).all()
    assert (outlook.within <= 1).all()
    assert (np.diff(outlook.within, axis=1) >= 0).all()
    for left in outlook.left:
        known = [value for value in left.tolist() if not math.isnan(value)]
        assert all(one <= other for one, other in pairwise(known))
        assert all(0 <= value <= LONGEST_D for value in known)


@given(st.lists(SIGNAL, min_size=1, max_size=8), st.floats(0, 5))
def test_one_more_finding_never_makes_a_failure_less_likely(
    rows: list[tuple[int, int, float, float]], rate: float
) -> None:
    base = survival_by_rate(np.full(N_ASSETS, rate))
    fewer, all_ = (look_ahead(base, signals_of(some)).within for some in (rows[:-1], rows))
    assert (all_ >= fewer - 1e-12).all()


@given(st.lists(SIGNAL, max_size=12), st.floats(0, 5))
def test_arrays_say_what_arithmetic_asset_by_asset_says(rows: list[tuple[int, int, float, float]], rate: float) -> None:
    within = look_ahead(survival_by_rate(np.full(N_ASSETS, rate)), signals_of(rows)).within
    for asset in range(N_ASSETS):
        for column, days in enumerate((7, 30, 90)):
            lives = math.exp(-rate * days / 365.25)
            for group in range(3):
                own = [row for row in rows if row[:2] == (asset, group)]
                grown = [min(row[2], 0.99) * (1 if row[3] == 0 else 1 - 2 ** (-days / row[3])) for row in own]
                lives *= 1 - max(grown, default=0)
            assert within[asset, column] == pytest.approx(1 - lives, abs=1e-9)


def test_half_have_failed_after_the_median() -> None:
    """A rate of one in two years: half are gone after 2 ln 2 years; between two times in proportion, so within 1 %."""
    left = look_ahead(survival_by_rate(np.array([0.5])), signals_of([])).left[0]
    assert left == pytest.approx([-math.log(share) * 2 * 365.25 for share in (0.95, 0.5, 0.05)], rel=0.01)


def test_what_never_fails_has_no_time_left_to_tell() -> None:
    assert np.isnan(look_ahead(np.ones((1, len(TIMES))), signals_of([])).left).all()


def test_findings_of_one_incident_count_once() -> None:
    """The more alarming one counts; of two incidents both do."""
    one = lives_through(1, signals_of([(0, 0, 0.8, 0.0), (0, 0, 0.5, 0.0)]), np.array([30.0]))
    two = lives_through(1, signals_of([(0, 0, 0.8, 0.0), (0, 1, 0.5, 0.0)]), np.array([30.0]))
    assert one[0, 0] == pytest.approx(0.2)
    assert two[0, 0] == pytest.approx(0.1)


def test_only_what_has_failed_costs_each_day() -> None:
    """A failure still to come costs a seventh of its week's risk, one that is there what a day without costs."""
    cost = waiting_cost(np.array([0.7, 0.8]), np.array([0.0, 0.8]), np.array([1000.0, 1000.0]), np.array([50.0, 50.0]))
    assert cost == pytest.approx([100.0, 40.0])
    assert expected_loss(np.array([0.5]), np.array([300.0])) == pytest.approx([150.0])
