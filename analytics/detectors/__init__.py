"""Detectors, one module each: each exposes `DETECTOR`, a way to make one, and is found by being here.

A score means one thing everywhere: 0 is ordinary, higher is stranger, without an upper end; None is "not known".
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Score:
    """How strange one value is. `aspect` names what is strange, `expected_low` to `expected_high` what is ordinary.

    The bounds are in the unit of what the aspect looks at: the value, its change, a short mean, or seconds of silence.
    """

    value: float
    aspect: Literal["value", "change", "short_mean", "silence"]
    looked_at: float
    expected_low: float
    expected_high: float


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


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """A detector as the registry knows it.

    An episode opens at a score of `open_at` and closes after `n_calm` scores below `close_at`. `kinds` are the kinds
    of quantity it looks at.
    """

    name: str
    version: str
    finding_kind: str
    kinds: tuple[str, ...]
    make: "type[Detector]"
    open_at: float
    close_at: float
    n_calm: int


@cache
def detectors() -> Mapping[str, DetectorEntry]:
    """Give every detector of this package by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    entries: list[DetectorEntry] = [module.DETECTOR for module in modules]
    return {entry.name: entry for entry in entries}
