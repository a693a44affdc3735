"""Remaining life: features know nothing of later, plain trees say what scikit-learn says, intervals hold."""

from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from analytics.remaining_life.features import Floats, Windows, look, rolling_mean
from analytics.remaining_life.model import Settings, learn_life, newest_features, tell_life
from analytics.remaining_life.score import nasa_score
from analytics.remaining_life.trees import arrays_of, copy_trees, trees_of

SETTINGS = Settings(cap=60.0, n_trees=40, rate=0.1)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Let no trees wait for threads that the tests beside hold up."""
    with threadpool_limits(limits=1):
        yield


def a_unit(seed: int) -> Floats:
    """A unit whose first sensor climbs to its end, whose second is noise, and whose third never moves."""
    random = np.random.default_rng(seed)
    n_steps = int(random.integers(70, 140))
    left = np.arange(n_steps - 1.0, -1.0, -1.0)
    return np.column_stack(
        [np.exp(-left / 25) + random.normal(0, 0.03, n_steps), random.normal(0, 1, n_steps), np.full(n_steps, 5.0)]
    )


def test_features_of_a_step_do_not_change_when_the_unit_goes_on() -> None:
    unit = a_unit(1)
    unit[10:14, 0] = np.nan
    whole = look(unit, Windows())
    for n_steps in (1, 12, 25, 70):
        np.testing.assert_allclose(look(unit[:n_steps], Windows())[-1], whole[n_steps - 1], rtol=0, atol=1e-9)


def test_rolling_mean_is_that_of_what_is_known() -> None:
    rows = np.array([[1.0], [np.nan], [4.0], [np.nan], [np.nan]])
    np.testing.assert_array_equal(rolling_mean(rows, 2)[:, 0], [1.0, 1.0, 4.0, 4.0, np.nan])


def test_plain_trees_tell_what_scikit_learn_tells() -> None:
    random = np.random.default_rng(3)
    rows = random.normal(size=(600, 5))
    rows[random.random(rows.shape) < 0.1] = np.nan
    target = np.nan_to_num(rows[:, 0]) * 3 + np.isnan(rows[:, 1])
    boosting = HistGradientBoostingRegressor(max_iter=30, random_state=0).fit(rows, target)
    trees = trees_of(arrays_of(copy_trees(boosting)))
    np.testing.assert_allclose(trees.tell(rows), boosting.predict(rows), rtol=1e-12, atol=1e-12)


def test_trees_that_point_outside_are_refused() -> None:
    rows = np.arange(200.0).reshape(-1, 1)
    arrays = dict(arrays_of(copy_trees(HistGradientBoostingRegressor(max_iter=3).fit(rows, rows[:, 0]))))
    arrays["left"] = arrays["left"] + 10_000
    with pytest.raises(ValueError, match="not there"):
        trees_of(arrays)


def test_life_of_unseen_units_is_told_with_intervals_that_hold_them() -> None:
    model = learn_life([a_unit(seed) for seed in range(30)], SETTINGS)
    assert model is not None
    assert model.scaling.sensors.tolist() == [0]
    unseen = [a_unit(seed) for seed in range(100, 140)]
    left = np.random.default_rng(0).integers(2, 60, len(unseen))
    told = tell_life(model, [unit[: len(unit) - n] for unit, n in zip(unseen, left, strict=True)])
    true = np.minimum(left, SETTINGS.cap)
    constant = np.sqrt(np.mean((true - true.mean()) ** 2))
    assert np.sqrt(np.mean((told.life - true) ** 2)) < constant / 2
    # of 40 units 36 are expected within; fewer than 31 happens once in 100 times
    assert np.sum((told.low <= true) & (true <= told.high)) >= 31


def test_too_few_units_teach_nothing() -> None:
    assert learn_life([a_unit(seed) for seed in range(9)], SETTINGS) is None


def test_a_unit_that_never_spoke_is_not_told() -> None:
    model = learn_life([a_unit(seed) for seed in range(12)], SETTINGS)
    assert model is not None
    told = tell_life(model, [np.zeros((0, 3)), a_unit(50)])
    assert np.isnan(told.life).tolist() == [True, False]


def test_late_answers_cost_more_than_early_ones() -> None:
    true = np.full(1, 50.0)
    assert nasa_score(true + 20, true) == pytest.approx(np.expm1(2.0))
    assert nasa_score(true - 20, true) == pytest.approx(np.expm1(20 / 13))


@pytest.mark.parametrize("windows", [Windows(), Windows(means=(5, 15), spread=5, slopes=(15,), beginning=0)])
def test_units_looked_at_side_by_side_are_seen_as_one_by_one(windows: Windows) -> None:
    random = np.random.default_rng(7)
    units = [random.normal(0, 1, (length, 3)) for length in (40, 7, 40, 1, 40, 7)]
    units[2][5:9, 1] = np.nan
    model = learn_life([random.normal(0, 1, (60, 3)) for _ in range(10)], Settings(windows=windows, n_trees=2))
    assert model is not None
    together = newest_features(model, units)
    alone = np.vstack([look(model.scaling.apply(unit), windows)[-1] for unit in units])
    np.testing.assert_array_equal(together, alone)
