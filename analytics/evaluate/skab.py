"""SKAB (Katser and Kozitsin, 2020): eight sensors of a water pump on a testbed, second by second, some of it faulty.

Protocol as published: of each file rows 1 to 400 teach, the rest is the test; F1, false and missed alarm rates of all
test rows together. The joint detector (`analytics.joint`) looks at means of 15 s. Its settings were chosen on the 16
files of valve1 alone. `skab.f1_held_out` is what a choice among the variants of `CHOICES` reaches when each file is
scored with the one that is best on the others. Raising an alarm at every row gives F1 0.70: read the rates beside it.

Reference: T2 and Q of principal components with 95 % of the variance, median of 5 rows, 1.5 times the 99 % quantile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analytics.evaluate import Asked, Evaluation
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.plain_pca import PlainPca, learn_plain, medians
from analytics.evaluate.row import Row
from analytics.joint.model import Floats, Mask
from analytics.joint.record import Settings, learn_record, score_record

N_TRAINING = 400
SETTINGS = Settings(n_mean=15, n_lags=0, tolerance=0.2, n_index=10, quantile=0.99, margin=2.0)
CHOICES = tuple(
    replace(SETTINGS, n_mean=n_mean, tolerance=tolerance, margin=margin)
    for n_mean in (10, 15, 20)
    for tolerance in (0.05, 0.2)
    for margin in (1.5, 2.0, 3.0)
)
GOAL_F1, GOAL_FAR = 0.77, 0.25


@dataclass(frozen=True, slots=True)
class Trial:
    """One file: rows (n_rows, n_sensors), and whether each is labelled as faulty."""

    rows: Floats
    is_faulty: Mask


@dataclass(frozen=True, slots=True)
class Counts:
    """Test rows by alarm and label."""

    n_hit: int = 0
    n_false: int = 0
    n_missed: int = 0
    n_calm: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Add two up."""
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 without a hit."""
        return 2 * self.n_hit / max(2 * self.n_hit + self.n_false + self.n_missed, 1)

    @property
    def far(self) -> float:
        """Share of sound rows with an alarm."""
        return self.n_false / max(self.n_false + self.n_calm, 1)

    @property
    def mar(self) -> float:
        """Share of faulty rows without one."""
        return self.n_missed / max(self.n_missed + self.n_hit, 1)


def run(asked: Asked) -> Iterator[Row]:
    """Measure on all files found."""
    trials = [read_trial(path) for path in find_files(asked.data, is_trial, "file of SKAB with labels")]
    own = total(count(trial, alarms_of(trial, SETTINGS)) for trial in trials)
    plain = total(count(trial, plain_alarms(trial)) for trial in trials)
    n = len(trials)
    yield Row("skab.f1", own.f1, "1", reference=plain.f1, goal=GOAL_F1, n=n)
    yield Row("skab.far", own.far, "1", "lower", plain.far, GOAL_FAR, n=n)
    yield Row("skab.mar", own.mar, "1", "lower", plain.mar, n=n)
    yield Row(
        "skab.f1_always_alarm", total(count(trial, np.ones(len(trial.rows), bool)) for trial in trials).f1, "1", n=n
    )
    if n > 1:
        held_out = choose_held_out(trials)
        yield Row("skab.f1_held_out", held_out.f1, "1", reference=plain.f1, goal=GOAL_F1, n=n)
        yield Row("skab.far_held_out", held_out.far, "1", "lower", plain.far, GOAL_FAR, n=n)


def is_trial(head: str) -> bool:
    """Tell a labelled file by its first line."""
    return head.startswith("datetime;Accelerometer1RMS;") and ";anomaly" in head.partition("\n")[0]


def read_trial(path: Path) -> Trial:
    """Read a file; the sensors are the columns between the instant and the labels."""
    head, *lines = [line.split(";") for line in read_text(path).splitlines() if line]
    labels = head.index("anomaly")
    rows = np.array([line[1:labels] for line in lines], dtype=float)
    return Trial(rows, np.array([float(line[labels]) > 0 for line in lines]))


def alarms_of(trial: Trial, settings: Settings) -> Mask:
    """Learn from the first rows, say where the joint detector raises an alarm."""
    learnt = learn_record(trial.rows[:N_TRAINING], settings)
    if learnt is None:
        return np.zeros(len(trial.rows), dtype=bool)
    return np.asarray(score_record(learnt, trial.rows, settings).ratio > 1)


def plain_alarms(trial: Trial) -> Mask:
    """Do the same with the reference."""
    smooth = medians(trial.rows, 5)
    plain: PlainPca = learn_plain(smooth[:N_TRAINING], 0.95)
    alarms = np.zeros(len(smooth), dtype=bool)
    for statistic in plain.statistics(smooth):
        alarms |= statistic > 1.5 * np.quantile(statistic[:N_TRAINING], 0.99)
    return alarms


def count(trial: Trial, alarms: Mask) -> Counts:
    """Count the test rows of a file."""
    alarm, fault = alarms[N_TRAINING:], trial.is_faulty[N_TRAINING:]
    pairs = (alarm & fault, alarm & ~fault, ~alarm & fault, ~alarm & ~fault)
    return Counts(*(int(pair.sum()) for pair in pairs))


def total(counts: Iterator[Counts] | Sequence[Counts]) -> Counts:
    """Add up."""
    return sum(counts, Counts())


def choose_held_out(trials: Sequence[Trial]) -> Counts:
    """Count each file with the settings that are best on all others: F1, false alarms within the goal first."""
    table: Mapping[Settings, list[Counts]] = {
        settings: [count(trial, alarms_of(trial, settings)) for trial in trials] for settings in CHOICES
    }

    def worth(settings: Settings, left_out: int) -> tuple[bool, float]:
        others = total([one for index, one in enumerate(table[settings]) if index != left_out])
        return others.far <= GOAL_FAR, others.f1

    chosen = [max(CHOICES, key=lambda one, out=index: worth(one, out)) for index in range(len(trials))]  # type: ignore[misc]
    return total([table[settings][index] for index, settings in enumerate(chosen)])


EVALUATION = Evaluation("skab", "faults of a pump with eight sensors, found second by second", run)
