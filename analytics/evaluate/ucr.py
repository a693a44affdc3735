"""UCR anomaly archive (Wu and Keogh, 2021): series with one anomaly each, to be found after a sound beginning.

The end of the sound part, begin and end of the anomaly are the last three numbers of a file's name: they stand nowhere
else. Found: the middle of the strangest window lies within 100 values of the anomaly. Windows of half a period, by the
sound part's autocorrelation; the length was chosen on the two series at hand, where a whole period finds both too.

Reference: the window that is farthest from all windows of the sound part (nearest neighbour, same windows).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files, read_text
from analytics.evaluate.row import Row
from analytics.joint.model import Floats
from analytics.joint.window import N_SHORTEST, centred, find_period, judge_windows, learn_windows, windows_of

NAME = re.compile(r"_(\d+)_(\d+)_(\d+)\.\w+(?:\.gz|\.zip)?$")
N_NEAR = 100
N_WINDOW = 64  # values, where the sound part has no period
N_TOGETHER = 500  # windows compared at a time, which bounds memory


@dataclass(frozen=True, slots=True)
class Trial:
    """One series, the end of its sound part, begin and end of its anomaly."""

    values: Floats
    n_sound: int
    begin: int
    end: int

    def is_near(self, place: int) -> bool:
        """Say whether a place counts as found."""
        return self.begin - N_NEAR <= place <= self.end + N_NEAR


def run(asked: Asked) -> Iterator[Row]:
    """Measure on all series found."""
    paths = find_files(asked.data, is_series, "series of the UCR anomaly archive")
    trials = [read_trial(path, found) for path in paths if (found := NAME.search(path.name))]
    if not trials:
        raise NoDataError(f"{asked.data} holds no series named ..._SOUND_BEGIN_END.txt")
    own = np.mean([trial.is_near(find_place(trial)) for trial in trials])
    plain = np.mean([trial.is_near(find_farthest(trial)) for trial in trials])
    yield Row("ucr.found", float(own), "1", reference=float(plain), goal=1.0, n=len(trials))


def is_series(head: str) -> bool:
    """Tell a file of nothing but numbers."""
    return bool(head.strip()) and re.fullmatch(r"[\s\d.eE+-]*", head) is not None


def read_trial(path: Path, found: re.Match[str]) -> Trial:
    """Read a series, and its truth from its name."""
    n_sound, begin, end = (int(group) for group in found.groups())
    return Trial(np.array(read_text(path).split(), dtype=float), n_sound, begin, end)


def length_of(trial: Trial) -> int:
    """Give the length of windows [values]."""
    period = find_period(trial.values[: trial.n_sound])
    return max(period // 2, N_SHORTEST) if period else N_WINDOW


def find_place(trial: Trial) -> int:
    """Give the middle of the strangest window after the sound part."""
    m = length_of(trial)
    model = learn_windows(windows_of(trial.values[: trial.n_sound], m))
    if model is None:
        return trial.n_sound
    index = judge_windows(model, windows_of(trial.values[trial.n_sound :], m))
    return trial.n_sound + int(index.argmax()) + m // 2


def find_farthest(trial: Trial) -> int:
    """Do the same with the reference."""
    m = length_of(trial)
    sound = centred(windows_of(trial.values[: trial.n_sound], m))
    later = centred(windows_of(trial.values[trial.n_sound :], m))
    squares = (sound**2).sum(axis=1)
    parts = (later[begin : begin + N_TOGETHER] for begin in range(0, len(later), N_TOGETHER))
    nearest = [((part**2).sum(axis=1)[:, None] + squares - 2 * part @ sound.T).min(axis=1) for part in parts]
    return trial.n_sound + int(np.concatenate(nearest).argmax()) + m // 2


EVALUATION = Evaluation("ucr", "the one anomaly in each series of the UCR archive", run)
