"""Principal components of rows: the index against plain algebra, who contributes, and whatever sensors may send."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analytics.joint.model import Floats, judge, learn, running_mean, with_past

TOLERANCE = 0.1


def a_pump(n_rows: int, seed: int = 1) -> Floats:
    """Speed, flow, power and temperature: the last three follow the first, the fifth sensor follows nothing."""
    rng = np.random.default_rng(seed)
    speed = 1000 + 200 * np.sin(np.arange(n_rows) / 7) + rng.normal(0, 20, n_rows)
    flow, power = 0.02 * speed + rng.normal(0, 0.2, n_rows), 0.5 * speed + rng.normal(0, 10, n_rows)
    warmth = 20 + 0.01 * speed + rng.normal(0, 0.3, n_rows)
    return np.stack((speed, flow, power, warmth, rng.normal(5, 1, n_rows)), axis=1)


def test_index_is_the_sum_over_components() -> None:
    """Each component counts by one over its variance and the tolerance: T2 of the large, Q of the small ones."""
    past, row = a_pump(500), a_pump(3, seed=2)[2]
    z = (row - past.mean(axis=0)) / past.std(axis=0)
    variances, components = np.linalg.eigh(np.corrcoef(past.T))
    plain = float((((z @ components) ** 2) / (variances + TOLERANCE)).sum()) / 5
    assert judge(learn(past, TOLERANCE), row[None]).index[0] == pytest.approx(plain, rel=1e-9)


def test_unknown_cell_counts_as_its_conditional_mean() -> None:
    """The index of a row with a gap is that of the row with the gap filled by what the others say it should be."""
    model = learn(a_pump(500), TOLERANCE)
    row = a_pump(1, seed=3)
    gap = row.copy()
    gap[0, 1] = np.nan
    covariance = model.covariance + TOLERANCE * np.eye(5)
    z, others = ((row - model.centre) / model.scale)[0], [0, 2, 3, 4]
    filled = z.copy()
    filled[1] = covariance[1, others] @ np.linalg.solve(covariance[np.ix_(others, others)], z[others])
    judged = judge(model, gap)
    assert judged.n_known[0] == 4
    assert math.isnan(judged.parts[0, 1])
    assert judged.index[0] * 4 == pytest.approx(float(filled @ np.linalg.solve(covariance, filled)), rel=1e-9)


@pytest.mark.parametrize("sensor", range(4))
def test_sensor_that_leaves_the_others_contributes_most(sensor: int) -> None:
    past = a_pump(800)
    row = a_pump(1, seed=5)
    true = row[0, sensor]
    row[0, sensor] += 6 * past[:, sensor].std()
    judged = judge(learn(past, TOLERANCE), row)
    assert judged.parts[0].argmax() == sensor
    assert judged.expected[0, sensor] == pytest.approx(true, abs=1.5 * past[:, sensor].std())


def test_row_scores_the_same_bits_alone_and_among_others() -> None:
    model, rows = learn(a_pump(300), TOLERANCE), a_pump(1000, seed=9)
    rows[::7, 2] = np.nan
    whole = judge(model, rows)
    for place in (0, 7, 500, 999):
        alone = judge(model, rows[place : place + 1])
        assert alone.index[0] == whole.index[place]
        np.testing.assert_array_equal(alone.parts[0], whole.parts[place])
        np.testing.assert_array_equal(alone.expected[0], whole.expected[place])


@pytest.mark.parametrize(
    "past",
    [
        np.full((200, 3), 21.5),
        np.column_stack((np.arange(200.0), 2 * np.arange(200.0), 5 - np.arange(200.0))),
        np.random.default_rng(1).normal(size=(4, 12)),
        np.column_stack((np.arange(200.0), np.full(200, np.nan))),
        np.column_stack((np.arange(100.0) * 1e300, np.full(100, -1e300))),
        np.array([[5e-324, 0.0], [0.0, 0.0], [0.0, 3e-300]]),
        np.array([[0.0, 1.3e308], [1.3e308, 1.3e308], [1.3e308, 0.0], *[[1.3e308, 1.3e308]] * 9]),
        np.empty((0, 2)),
    ],
    ids=[
        "constant",
        "collinear",
        "more sensors than rows",
        "one never heard",
        "huge",
        "next to nothing",
        "next to too much",
        "none",
    ],
)
def test_any_past_gives_defined_judgements(past: Floats) -> None:
    model = learn(past, TOLERANCE)
    rows = np.concatenate((past[-3:], np.zeros((1, past.shape[1])), np.full((1, past.shape[1]), 1e308)))
    judged = judge(model, rows)
    known = judged.index[judged.n_known > 0]
    assert np.isfinite(known).all()
    assert (known >= 0).all()
    assert np.isnan(judged.index[judged.n_known == 0]).all()
    assert not np.isinf(judged.expected).any()


def test_sensors_known_at_different_times_are_judged_together() -> None:
    """Two sensors that were never heard at once: nothing is said of their relation, nothing breaks."""
    past = a_pump(400)
    past[:200, 1], past[200:, 2] = np.nan, np.nan
    judged = judge(learn(past, TOLERANCE), a_pump(200, seed=4))
    assert np.median(judged.index) < 3


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(float, (12, 3), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_whatever_comes_is_judged_or_not_known(rows: Floats) -> None:
    judged = judge(learn(rows, TOLERANCE), rows)
    assert (np.isfinite(judged.index) == (judged.n_known > 0)).all()


def test_running_mean_leaves_out_what_is_not_known() -> None:
    values = np.array([1.0, np.nan, 3.0, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(running_mean(values, 3), [1.0, 1.0, 2.0, 3.0, 3.0, np.nan])


def test_past_stands_beside_each_row() -> None:
    rows = np.array([[1.0], [2.0], [3.0]])
    np.testing.assert_array_equal(with_past(rows, 2), [[1, np.nan, np.nan], [2, 1, np.nan], [3, 2, 1]])
