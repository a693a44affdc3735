"""Remaining life of units that say something on their way, learnt from units that ran to their end.

Rolling features (`features`) of the sensors that have to do with age go into boosted trees; the target is the life that
was left, capped, because nothing shows long before the end. What comes too late costs more than what comes too early,
so `caution` is taken off. Intervals rest on errors about whole units that the trees had not seen (`interval`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from analytics.remaining_life.features import Floats, Windows, look
from analytics.remaining_life.interval import Bounds, learn_bounds
from analytics.remaining_life.trees import Trees, copy_trees

LEAST_UNITS = 10  # that ran to their end; of fewer nothing is learnt
N_TOGETHER = 250  # units looked at side by side
N_JUDGED = 40  # steps of each unit that its errors are taken at


@dataclass(frozen=True, slots=True)
class Settings:
    """How life is learnt. `cap` and `caution` are in steps; a sensor counts from `least_correlation` with life on.

    `caution` is given as a share of the cap. `n_seeds` models of the same data are averaged. Of each unit every
    `stride`-th step teaches, counted from its last.
    """

    cap: float = 125.0
    caution: float = 0.016
    windows: Windows = field(default_factory=Windows)
    least_correlation: float = 0.3
    n_trees: int = 300
    rate: float = 0.05
    n_leaves: int = 15
    least_in_leaf: int = 60
    share_of_features: float = 0.3
    n_seeds: int = 1
    n_folds: int = 4
    stride: int = 1
    coverage: float = 0.9


@dataclass(frozen=True, slots=True)
class Scaling:
    """Which sensors count, and what they are divided by after their mean is taken off."""

    sensors: NDArray[np.int64]
    centre: Floats
    scale: Floats

    def apply(self, rows: Floats) -> Floats:
        """Give the rows (n_steps, n_counting) of the sensors that count."""
        return np.asarray((rows[:, self.sensors] - self.centre) / self.scale, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class LifeModel:
    """What was learnt of `n_units` units."""

    settings: Settings
    scaling: Scaling
    forest: tuple[Trees, ...]
    bounds: Bounds
    n_units: int


@dataclass(frozen=True, slots=True)
class Told:
    """Remaining life [steps] of each unit (n_units), and the interval it lies in as often as the settings say."""

    life: Floats
    low: Floats
    high: Floats


def learn_life(units: Sequence[Floats], settings: Settings, lasting: Sequence[Floats] = ()) -> LifeModel | None:
    """Learn from rows (n_steps, n_sensors) of units, each up to its end; None of fewer than `LEAST_UNITS`.

    None too where no sensor ever moves.
    `lasting` are rows of units that went on for the cap and more after each: what is sound looks like them.
    """
    if len(units) < LEAST_UNITS:
        return None
    scaling = learn_scaling(units, settings)
    if not scaling.sensors.size:
        return None
    features = [look(scaling.apply(unit), settings.windows) for unit in (*units, *lasting)]
    lives = [lives_of(len(unit), settings) for unit in units]
    lives += [np.full(len(unit), settings.cap) for unit in lasting]
    bounds = judge_unseen(features, lives, settings)
    return LifeModel(settings, scaling, fit_forest(features, lives, settings), bounds, len(units))


def learn_scaling(units: Sequence[Floats], settings: Settings) -> Scaling:
    """Find the sensors whose values go with the remaining life; all that move at all where none does."""
    rows, lives = np.vstack(units), np.concatenate([lives_of(len(unit), settings) for unit in units])
    rows = np.where(np.isfinite(rows), rows, np.nan)
    centre, scale = np.nanmean(rows, axis=0), np.nanstd(rows, axis=0)
    moves = scale > 1e-9 * np.maximum(np.abs(centre), 1e-300)
    z = np.nan_to_num((rows - centre) / np.where(moves, scale, 1.0))
    correlation = np.abs(z.T @ (lives - lives.mean())) / (len(lives) * max(float(lives.std()), 1e-9))
    counts = moves & (correlation >= settings.least_correlation)
    sensors = np.flatnonzero(counts if counts.any() else moves)
    return Scaling(sensors, centre[sensors], scale[sensors])


def lives_of(n_steps: int, settings: Settings) -> Floats:
    """Give the life left after each step of a unit that ended after so many, at most the cap."""
    return np.asarray(np.minimum(np.arange(n_steps - 1.0, -1.0, -1.0), settings.cap), dtype=np.float64)


def fit_forest(features: Sequence[Floats], lives: Sequence[Floats], settings: Settings) -> tuple[Trees, ...]:
    """Fit trees to the steps of all units, once for each seed."""
    rows, left = (np.concatenate([unit[:: -settings.stride][::-1] for unit in all_]) for all_ in (features, lives))
    return tuple(fit_trees(rows, left, settings, seed) for seed in range(settings.n_seeds))


def fit_trees(rows: Floats, lives: Floats, settings: Settings, seed: int) -> Trees:
    """Fit boosted trees, in one thread."""
    boosting = HistGradientBoostingRegressor(
        max_iter=settings.n_trees,
        learning_rate=settings.rate,
        max_leaf_nodes=settings.n_leaves,
        min_samples_leaf=settings.least_in_leaf,
        max_features=settings.share_of_features,
        early_stopping=False,
        random_state=seed,
    )
    with threadpool_limits(limits=1):  # threads that wait for one another on a busy machine take ten times as long
        boosting.fit(rows, lives)
    return copy_trees(boosting)


def judge_unseen(features: Sequence[Floats], lives: Sequence[Floats], settings: Settings) -> Bounds:
    """Learn bounds from each unit told by trees that saw none of its fold."""
    fold = np.random.default_rng(0).permutation(len(features)) % settings.n_folds
    told, true, unit = [], [], []
    for left_out in range(settings.n_folds):
        seen = np.flatnonzero(fold != left_out).tolist()
        forest = fit_forest([features[index] for index in seen], [lives[index] for index in seen], settings)
        for index in map(int, np.flatnonzero(fold == left_out)):
            steps = np.unique(np.linspace(0, len(features[index]) - 1, N_JUDGED).astype(int))
            told.append(ask(forest, features[index][steps], settings))
            true.append(lives[index][steps])
            unit.append(np.full(len(steps), float(index)))
    return learn_bounds(np.concatenate(told), np.concatenate(true), np.concatenate(unit), settings.coverage)


def ask(forest: Sequence[Trees], rows: Floats, settings: Settings) -> Floats:
    """Give the life left by the trees' mean, with caution."""
    mean = np.mean([trees.tell(rows) for trees in forest], axis=0)
    return np.asarray(np.clip(mean - settings.caution * settings.cap, 0.0, settings.cap), dtype=np.float64)


def tell_life(model: LifeModel, units: Sequence[Floats]) -> Told:
    """Tell the life left to units by their rows (n_steps, n_sensors) up to now; NaN of one without a row."""
    spoke = np.array([len(unit) > 0 for unit in units], dtype=bool)
    life, low, high = np.full((3, len(units)), np.nan)
    if spoke.any():
        life[spoke] = ask(model.forest, newest_features(model, units), model.settings)
        low[spoke], high[spoke] = model.bounds.around(life[spoke], model.settings.cap)
    return Told(life, low, high)


def newest_features(model: LifeModel, units: Sequence[Floats]) -> Floats:
    """Give the features of each unit's newest step, of those that have one."""
    rows = [model.scaling.apply(unit) for unit in units if len(unit)]
    by_length: dict[int, list[int]] = {}
    for index, unit in enumerate(rows):
        by_length.setdefault(len(unit), []).append(index)
    parts = [
        places[first : first + N_TOGETHER]
        for places in by_length.values()
        for first in range(0, len(places), N_TOGETHER)
    ]
    found = [ends_of([rows[index] for index in part], model.settings.windows) for part in parts]
    return np.vstack(found)[np.argsort(np.concatenate(parts))]


def ends_of(units: Sequence[Floats], windows: Windows) -> Floats:
    """Give the features of the last step of units of equal length (n_units, n_features), looked at side by side."""
    newest = look(np.hstack(units), windows)[-1]
    n_counts = int(windows.beginning > 0)  # the last feature, which all units share
    own = newest[: newest.size - n_counts].reshape(-1, len(units), units[0].shape[1])
    own = own.transpose(1, 0, 2).reshape(len(units), -1)
    return np.hstack([own, np.repeat(newest[None, newest.size - n_counts :], len(units), axis=0)])
