"""Detectors, one module each: each exposes `DETECTOR`, a way to make one, and is found by being here.

A score means one thing everywhere: 0 is ordinary, higher is stranger, without an upper end; None is "not known".
"""

import importlib
import math
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, Literal, Protocol, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from analytics.packed import pack, unpack

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Part = tuple[Floats, Floats]
"""Instants (Unix seconds) and values of a series."""
Aspect = Literal[
    "value", "hour", "day_low", "day_mean", "day_high", "silence", "level", "shape",
    "short_mean", "long_mean", "step", "spread",
]  # fmt: skip
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
# What is commanded, what counts on, and what hints of its own follow: batteries that are changed, gears in the cold.
UNWATCHED = ("dimming_level", "uptime", "battery_level", "gear_temperature")


@dataclass(frozen=True, slots=True)
class Score:
    """How strange one value is. `aspect` names what is strange, `expected_low` to `expected_high` what is ordinary.

    The bounds are in the unit of what the aspect looks at: the value, at any hour or at this one; the lowest, mean or
    highest value of a day; the level of days; an hour within the shape of a day; seconds of silence; the mean of the
    last 10 or 48 values, the step from the value before, the spread (standard deviation) of the last 24.
    """

    value: float
    aspect: Aspect
    looked_at: float
    expected_low: float
    expected_high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of many values, arrays of one length; `value` is NaN where not known, `aspect` indexes `ASPECTS`."""

    value: Floats
    aspect: NDArray[np.int64]
    looked_at: Floats
    low: Floats
    high: Floats

    @staticmethod
    def unknown(n: int) -> "Scores":
        """Make scores to be filled in."""
        return Scores(np.full(n, np.nan), np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n), np.zeros(n))

    def put(self, index: NDArray[np.int64], other: "Scores", chosen: slice) -> None:
        """Fill in some scores with those chosen of others."""
        for name in self.__slots__:
            getattr(self, name)[index] = getattr(other, name)[chosen]

    def one(self, index: int) -> Score | None:
        """Give the score of one value."""
        value = float(self.value[index])
        if np.isnan(value):
            return None
        looked_at, low, high = float(self.looked_at[index]), float(self.low[index]), float(self.high[index])
        return Score(value, ASPECTS[self.aspect[index]], looked_at, low, high)

    def listed(self) -> list[Score | None]:
        """Give them one by one."""
        return [self.one(index) for index in range(len(self.value))]


class Detector(Protocol):
    """Scores the values of one series in order of time, and learns from each after scoring it."""

    def score(self, times: Sequence[datetime], values: Sequence[float]) -> list[Score | None]:
        """Score values that come after all earlier ones; cut into parts anywhere, the scores are the same.

        Values that are no finite numbers, and instants that do not come later than the one before, are not known
        and teach nothing. Never raises for any float.
        """

    def save(self) -> dict[str, Any]:
        """Give what has been learnt, as JSON can hold it."""

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `save` gave, bit for bit."""


class Memory(Protocol):
    """What was learnt of series, in arrays whose shapes and types do not change as it grows."""

    def arrays(self) -> list[Any]:
        """Give all arrays."""


M = TypeVar("M", bound=Memory)
ScoreTogether = Callable[[Sequence[Any], Sequence[Part]], list[Scores]]


class Remembering(Generic[M]):
    """A detector that keeps all it learnt in one memory, and scores its series as it would beside many.

    `memory_of` puts the arrays of a memory together again.
    """

    def __init__(self, memory: M, memory_of: Callable[[Sequence[Any]], M], score_together: ScoreTogether) -> None:
        self.memory = memory
        self.memory_of = memory_of
        self.score_together = score_together

    def score(self, times: Sequence[datetime], values: Sequence[float]) -> list[Score | None]:
        """Score and learn each value; see `Detector.score`."""
        at_s = np.array([at.timestamp() for at in times], dtype=float)
        return self.score_together([self], [(at_s, np.asarray(values, dtype=float))])[0].listed()

    def save(self) -> dict[str, Any]:
        """Give all that was learnt."""
        return {"learnt": pack(self.memory.arrays())}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `save` gave."""
        self.memory = self.memory_of(unpack(state["learnt"], self.memory.arrays()))


def is_fresh(at_s: Floats, values: Floats, last_s: float) -> Mask:
    """Say which values of a part are finite and come later than `last_s` [Unix s] and all before them."""
    finite = np.isfinite(values)
    reached = np.maximum.accumulate(np.concatenate(([last_s], np.where(finite, at_s, -np.inf))))
    later: Mask = finite & (at_s > reached[:-1])
    return later


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A detector as the registry knows it.

    An episode opens after `n_open` scores in a row of at least `open_at`, or one of `sure_at`, and closes after
    `n_calm` scores below `close_at`. Scores of a slow aspect open one only if they last for `slow_s` [s]. `kinds` are
    the kinds of quantity it looks at, `without` quantities that it leaves out. `score_together` scores the values of
    many series; None where the detector asks about what does not come, or is not watched live.
    """

    name: str
    version: str
    finding_kind: str
    kinds: tuple[str, ...]
    make: "type[Detector]"
    open_at: float
    close_at: float
    n_calm: int
    n_open: int = 1
    sure_at: float = math.inf
    slow_aspects: tuple[Aspect, ...] = ()
    slow_s: float = 0.0
    without: tuple[str, ...] = ()
    score_together: ScoreTogether | None = None


@cache
def detectors() -> Mapping[str, DetectorEntry]:
    """Give every detector of this package by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    entries: list[DetectorEntry] = [module.DETECTOR for module in modules]
    return {entry.name: entry for entry in entries}
