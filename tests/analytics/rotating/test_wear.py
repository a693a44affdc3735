"""Wear of a bearing: what counts as a rise that lasts, and whose it is."""

import numpy as np
import pytest

from analytics.rotating.wear import LIMIT, N_STEPS, SLACK, WORN, Floats, add_up, own_rise, worn_steps

SIGMA = 0.03


def levels(*parts: tuple[int, float]) -> Floats:
    """So many steps at so many times the clean level, as logarithms with the ordinary scatter."""
    times = np.concatenate([np.full(n, level) for n, level in parts])
    return np.asarray(np.log(times) + np.random.default_rng(5).normal(0, SIGMA / 3, times.size))


def test_scatter_about_clean_is_never_wear() -> None:
    logs = np.random.default_rng(1).normal(0, SIGMA, 5000)
    assert not worn_steps(logs, SIGMA).any()


def test_rise_is_told_when_it_has_lasted_and_no_sooner() -> None:
    worn = worn_steps(levels((20, 1.0), (10, 1.5)), SIGMA)
    assert np.flatnonzero(worn).tolist() == list(range(20 + N_STEPS - 1, 30))


def test_rise_below_a_quarter_never_is_however_long() -> None:
    assert not worn_steps(levels((20, 1.0), (500, 0.95 * WORN)), SIGMA).any()


def test_bump_shorter_than_the_rule_is_not_told() -> None:
    assert not worn_steps(levels((20, 1.0), (N_STEPS - 1, 2.0), (20, 1.0)), SIGMA).any()


def test_repair_ends_it_soon() -> None:
    """The sum is held down: after a month of wear it does not take a month to forget."""
    sums = add_up(levels((10, 1.0), (300, 3.0), (20, 1.0)), SIGMA)
    assert sums.max() == 2 * LIMIT
    assert sums[310 + int(2 * LIMIT / SLACK) + 3] == 0


def test_no_wear_is_known_before_it_shows() -> None:
    """What is told of a step does not change with what comes after."""
    logs = levels((30, 1.0), (30, 1.4), (30, 1.0))
    worn = worn_steps(logs, SIGMA)
    for n in range(1, 90, 7):
        assert (worn_steps(logs[:n], SIGMA) == worn[:n]).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_steps_are_no_error(n: int) -> None:
    assert worn_steps(np.full(n, 5.0), 0.0).tolist() == [False, False, True][:n] + [True] * max(0, n - 3)


def test_neighbours_that_are_shaken_are_not_accused() -> None:
    logs = np.log([[1.0, 1.0], [2.0, 1.3], [1.3, 2.0], [2.0, 1.9]])
    assert own_rise(logs).tolist() == [[True, True], [True, False], [False, True], [True, True]]
