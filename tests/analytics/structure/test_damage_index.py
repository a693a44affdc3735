"""The damage index: 1 at the limit, nothing by chance, several small changes together."""

import numpy as np
import pytest
from scipy import stats

from analytics.structure.damage_index import ALPHA, control_limit, damage_index, learn_reference
from analytics.structure.window import window_features

RNG = np.random.default_rng


def test_limit_is_that_of_one_feature_by_students_t() -> None:
    """With one feature T2 is t squared, widened by the error of the mean."""
    t = stats.t.ppf(1 - ALPHA / 2, 19)
    assert control_limit(20, 1) == pytest.approx(t**2 * (1 + 1 / 20))


def test_ordinary_days_stay_below_one_even_where_any_change_would_matter() -> None:
    features = RNG(1).multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 6000)
    reference = learn_reference(features[:1000], np.full(2, 1e-6))
    assert reference is not None
    assert (damage_index(reference, features[1000:]) > 1).mean() < 0.01


def test_single_change_counts_from_what_matters_on() -> None:
    features = RNG(2).normal(0, 0.01, (50, 2))
    reference = learn_reference(features, np.array([30.0, 1.0]))
    assert reference is not None
    index = damage_index(reference, np.array([[29.0, 0.0], [31.0, 0.0], [0.0, 0.9], [0.0, 1.1]]))
    assert (index > 1).tolist() == [False, True, False, True]


def test_several_changes_below_it_count_together() -> None:
    reference = learn_reference(RNG(3).normal(0, 0.01, (50, 3)), np.ones(3))
    assert reference is not None
    index = damage_index(reference, np.array([[0.7, 0.0, 0.0], [0.7, 0.7, 0.7]]))
    assert index == pytest.approx([0.7, 0.7 * 3**0.5], abs=0.02)


def test_change_against_what_two_gauges_share_is_stranger_than_one_along_it() -> None:
    base = RNG(4).normal(0, 1, 300)
    features = np.stack((base, base + RNG(5).normal(0, 0.1, 300)), axis=1)
    reference = learn_reference(features, np.full(2, 0.01))
    assert reference is not None
    along, against = damage_index(reference, np.array([[2.0, 2.0], [2.0, -2.0]]))
    assert against > 3 * along


def test_reference_that_holds_some_odd_days_is_still_the_ordinary_one() -> None:
    features = RNG(6).normal(5, 1, (100, 1))
    features[::20] = 500
    reference = learn_reference(features, np.array([1e-3]))
    assert reference is not None
    assert reference.center == pytest.approx([5], abs=0.5)
    assert damage_index(reference, np.array([[15.0]]))[0] > 1


def test_too_few_rows_are_no_reference_and_a_constant_one_is_no_error() -> None:
    assert learn_reference(np.zeros((5, 2)), np.ones(2)) is None
    reference = learn_reference(np.full((20, 2), 3.0), np.ones(2))
    assert reference is not None
    assert damage_index(reference, np.array([[3.0, 3.0], [4.0, 3.0]])) == pytest.approx([0, 1], abs=1e-6)


def test_window_says_where_it_stands_and_how_it_trembles() -> None:
    """A step within a window, a vehicle, moves the first number of its own window alone."""
    values = RNG(7).normal(10, 0.3, 4000)
    values[1500:2000] += 7
    features = window_features(values, 1000)
    assert features.shape == (4, 2)
    assert features[[0, 2, 3], 0] == pytest.approx(10, abs=0.1)
    assert np.exp(features[:, 1]) == pytest.approx(0.3, rel=0.1)
