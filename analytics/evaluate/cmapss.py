"""Remaining life of simulated turbofans: C-MAPSS FD001 (A. Saxena et al., 2008), engines run to failure.

Where the folder holds the official test engines (a file of rows that stop before the end, and one with the lives left)
they are the test, each told once at its last cycle. Else whole training engines in five folds, each left-out engine cut
at 20 random cycles (seed 0), from its 31st on with 5 cycles left at least; the score is then that of 100 engines. The
true life is capped at 125 in both. Told by `analytics.remaining_life.model`, intervals included.

Trees, windows and caution (2 of 125 cycles) were chosen by five folds of whole training engines: 300 trees of 15 leaves
that see 0.3 of the features for each question at rate 0.05 (RMSE 10.0, against 10.6 of plain boosting of 100
trees); a second seed, more windows, smaller trees, extra trees, another cap and the mean with a ridge brought nothing.

Reference: a ridge on the same rolling means, spread and changes without the trends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import Ridge

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.row import Row
from analytics.remaining_life.features import Floats, Windows, look
from analytics.remaining_life.model import LifeModel, Settings, Told, learn_life, learn_scaling, lives_of, tell_life
from analytics.remaining_life.score import nasa_score, rmse

N_COLUMNS = 26  # unit, cycle, three settings, 21 sensors
SETTINGS = Settings()
PLAIN = Windows(means=(5, 15, 30), slopes=())
N_FOLDS, N_CUTS, LEAST_SEEN, LEAST_LEFT = 5, 20, 30, 5
GOAL_RMSE, GOAL_SCORE, GOAL_COVERAGE = 12.0, 215.0, (0.85, 0.95)


@dataclass(frozen=True, slots=True)
class Trial:
    """Training engines run to failure, test engines cut before it, and the lives left to these, capped [cycles]."""

    training: Sequence[Floats]
    cut: Sequence[Floats]
    lives: Floats


@dataclass(frozen=True, slots=True)
class Answer:
    """What was told of the cut engines, and what the reference says."""

    told: Told
    reference: Floats
    lives: Floats


def run(asked: Asked) -> Iterator[Row]:
    """Measure on the official test engines where they are there, else on folds of training engines."""
    training, official = read_engines(asked.data)
    trials = [official] if official is not None else folds(training)
    answers = [answer for trial in trials if (answer := try_trial(trial)) is not None]
    if not answers:
        raise NoDataError(f"{asked.data} holds too few engines to learn from")
    yield from figures(answers, len(training) if official is None else len(official.cut))


def figures(answers: Sequence[Answer], n_engines: int) -> Iterator[Row]:
    """Give the rows; the score of several cuts by engine counts as that of one."""
    life, low, high, other, true = (
        np.concatenate(parts)
        for parts in zip(
            *((one.told.life, one.told.low, one.told.high, one.reference, one.lives) for one in answers), strict=True
        )
    )
    share = n_engines / len(true)
    yield Row("cmapss.rmse", rmse(life, true), "cycle", "lower", rmse(other, true), GOAL_RMSE, n=len(true))
    score, plain = nasa_score(life, true) * share, nasa_score(other, true) * share
    yield Row("cmapss.score", score, "1", "lower", plain, GOAL_SCORE, n=n_engines)
    covered = float(np.mean((low <= true) & (true <= high)))
    yield Row("cmapss.coverage", covered, "1", goal=GOAL_COVERAGE, n=len(true))
    yield Row("cmapss.half_width", float(np.mean(high - low)) / 2, "cycle", "lower", n=len(true))


def try_trial(trial: Trial) -> Answer | None:
    """Learn from the training engines, tell the others; None of too few engines."""
    model = learn_life(trial.training, SETTINGS)
    if model is None:
        return None
    return Answer(tell_life(model, trial.cut), tell_plain(model, trial), trial.lives)


def tell_plain(model: LifeModel, trial: Trial) -> Floats:
    """Tell by the reference."""
    scaling = learn_scaling(trial.training, model.settings)
    rows = np.vstack([look(scaling.apply(unit), PLAIN) for unit in trial.training])
    lives = np.concatenate([lives_of(len(unit), model.settings) for unit in trial.training])
    newest = np.vstack([look(scaling.apply(unit), PLAIN)[-1] for unit in trial.cut])
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    ridge = Ridge(1.0).fit((rows - centre) / scale, lives)
    return np.clip(np.asarray(ridge.predict((newest - centre) / scale), dtype=np.float64), 0.0, model.settings.cap)


def folds(engines: Sequence[Floats]) -> list[Trial]:
    """Leave out each fifth of the engines in turn, each cut at random cycles."""
    random = np.random.default_rng(0)
    fold = random.permutation(len(engines)) % N_FOLDS
    trials = []
    for left_out in range(N_FOLDS):
        training = [engine for engine, its in zip(engines, fold, strict=True) if its != left_out]
        cut, lives = [], []
        for index in map(int, np.flatnonzero(fold == left_out)):
            latest = len(engines[index]) - LEAST_LEFT
            steps = random.integers(min(LEAST_SEEN, latest - 1), latest, N_CUTS)
            cut += [engines[index][: step + 1] for step in steps]
            lives.append(lives_of(len(engines[index]), SETTINGS)[steps])
        trials.append(Trial(training, cut, np.concatenate(lives)))
    return trials


def read_engines(folder: Path) -> tuple[list[Floats], Trial | None]:
    """Read the training engines, and the official test where its engines and their lives are there.

    Files of engines have 26 numbers a row; a file of lives has one a row, as many as one of the others has engines.
    """
    files = [np.array(read_text(path).split(), float).reshape(-1, N_COLUMNS) for path in find_engines(folder)]
    engines = [[rows[rows[:, 0] == unit][:, 2:] for unit in np.unique(rows[:, 0])] for rows in files]
    lives = [np.array(read_text(path).split(), float) for path in find_lives(folder)]
    training, *others = sorted(engines, key=lambda part: -sum(map(len, part)))
    pairs = ((cut, known) for cut in others for known in lives if len(cut) == len(known))
    cut, known = next(pairs, (None, None))
    if cut is None or known is None:
        return training, None
    return training, Trial(training, cut, np.minimum(known, SETTINGS.cap))


def find_engines(folder: Path) -> list[Path]:
    """Find the files with 26 numbers a row that begin with the first cycle of the first engine."""
    return find_files(folder, is_of_engines, "engines of C-MAPSS (26 numbers a row)")


def is_of_engines(head: str) -> bool:
    """Know a file by its first row."""
    first = head.partition("\n")[0].split()
    return len(first) == N_COLUMNS and first[:2] == ["1", "1"] and all(map(is_number, first))


def find_lives(folder: Path) -> list[Path]:
    """Find files with one whole number a row."""
    try:
        return find_files(folder, is_of_lives, "lives left to engines")
    except NoDataError:
        return []


def is_of_lives(head: str) -> bool:
    """Know a file by its rows: one whole number each, of which the head may have cut the last."""
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    return len(lines) > 1 and all(line.isdecimal() for line in lines)


def is_number(word: str) -> bool:
    """Say whether a word is a plain number."""
    return word.lstrip("-").replace(".", "", 1).isdigit()


EVALUATION = Evaluation("cmapss", "remaining life of turbofans that ran to failure (FD001)", run)
