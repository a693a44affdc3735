"""Munich test bridge: strain at 100 Hz in its reference state and after its support was lowered, told apart.

Windows of ten seconds (many periods of the first mode), two features, the product's damage index
(`analytics.structure`): 1 is its control limit. What matters is 30 um/m, as for the hint `settlement`, and a tremble
twice or half as strong. Files of one day share the zero of the gauge: the first of a day is its reference state, later
ones are loads after settlements. A day with one file is reference only (its zero is another).

Reference windows are judged by the other half of their file in time, never by themselves; settled windows by both
halves, the milder counts; a settled state is named by the clock at its beginning. Nothing was chosen on the
settlements: limits come from the reference and from what matters.
The load test stands on the bridge in both states, so that a reference half holds loads that the other does not.
Temperature rose by 10 K over the day; its effect cannot be learnt from twelve minutes and stays in the figures, unlike
in the product (`maintenance.thermal`). Reference: distance of the window's mean in standard deviations, limit three.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.row import Row
from analytics.maintenance.settlement import LEAST_BY_QUANTITY
from analytics.structure.damage_index import Floats, damage_index, learn_reference
from analytics.structure.window import window_features

N_WINDOW = 1000  # values: 10 s
LEAST = np.array([LEAST_BY_QUANTITY["strain"], np.log(2)])
PLAIN_LIMIT = 3.0
GOAL_FALSE, GOAL_AUC = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class State:
    """A file: the day and instant it begins at (as written), strain [um/m] (n,)."""

    day: str
    begins: str
    strain: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """Indexes in multiples of the limit: of the windows of reference states, and of each settled state by its name."""

    reference: Floats
    settled: Mapping[str, Floats]

    @property
    def false_share(self) -> float:
        """Share of reference windows beyond the limit."""
        return float((self.reference > 1).mean())

    @property
    def auc(self) -> float:
        """How often a settled window is farther off than one of the reference."""
        settled = np.concatenate(list(self.settled.values()))
        below = (self.reference[:, None] < settled).mean() + 0.5 * (self.reference[:, None] == settled).mean()
        return float(below)


def run(asked: Asked) -> Iterator[Row]:
    """Measure on all files found."""
    states = [read_state(path) for path in find_files(asked.data, is_state, "strain of the Munich test bridge")]
    own, plain = score(states, is_plain=False), score(states, is_plain=True)
    n = own.reference.size
    yield Row("bridge.false_alarms", own.false_share, "1", "lower", plain.false_share, GOAL_FALSE, n=n)
    if not own.settled:
        raise NoDataError("no day has both a reference state and a load after it")
    n = sum(one.size for one in own.settled.values())
    yield Row("bridge.auc", own.auc, "1", reference=plain.auc, goal=GOAL_AUC, n=n)
    for name, indexes in own.settled.items():
        beside = float((plain.settled[name] > 1).mean())
        yield Row(f"bridge.found.{name}", float((indexes > 1).mean()), "1", reference=beside, goal=0.99, n=indexes.size)


def is_state(head: str) -> bool:
    """Tell a file of strain by its first line."""
    return head.partition("\n")[0].startswith("Time (-),DMS_CN (um")


def read_state(path: Path) -> State:
    """Read a file; values that are not known are left out."""
    lines = [line.split(",") for line in read_text(path).splitlines()[1:] if line]
    strain = np.array([float(line[1]) for line in lines])
    return State(lines[0][0][:10], lines[0][0], strain[np.isfinite(strain)])


def score(states: list[State], *, is_plain: bool) -> Scores:
    """Score all windows: those of a day's first file by its own other half, all later ones by both halves of it."""
    judge = judge_plain if is_plain else judge_index
    features = partial(plain_features if is_plain else window_features, n_window=N_WINDOW)
    reference: list[Floats] = []
    settled: dict[str, Floats] = {}
    for day in sorted({state.day for state in states}):
        first, *later = sorted((state for state in states if state.day == day), key=lambda state: state.begins)
        halves = np.array_split(features(first.strain), 2)
        reference += [judge(*halves), judge(*reversed(halves))]
        for state in later:
            indexes = [judge(half, features(state.strain)) for half in halves]
            settled[f"at_{state.begins[11:13]}h{state.begins[14:16]}"] = np.minimum(*indexes)
    return Scores(np.concatenate(reference), settled)


def judge_index(known: Floats, features: Floats) -> Floats:
    """Give the damage index of windows."""
    reference = learn_reference(known, LEAST)
    if reference is None:
        raise NoDataError("half of the reference state has too few windows to learn from")
    return damage_index(reference, features)


def judge_plain(known: Floats, features: Floats) -> Floats:
    """Give the distance of means in standard deviations, in multiples of the limit."""
    away: Floats = np.abs(features - known.mean())[:, 0] / max(float(known.std()), 1e-9) / PLAIN_LIMIT
    return away


def plain_features(values: Floats, n_window: int) -> Floats:
    """Give the mean of each whole window, shape (n_windows, 1)."""
    means: Floats = values[: values.size // n_window * n_window].reshape(-1, n_window).mean(axis=1, keepdims=True)
    return means


EVALUATION = Evaluation("bridge", "settled supports of a bridge told from its reference state by strain", run)
