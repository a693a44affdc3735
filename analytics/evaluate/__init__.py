"""How well the methods do on data that others published: one file per set, each exposes `EVALUATION`.

Nothing here is used by the programs that run; each module calls the very functions that they call, and is found by
being here.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from analytics.evaluate.row import Row


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: where the files lie, the days of the test part, and seconds for each instance.

    None: what the evaluation itself holds to be right (by default the last part of what is there).
    """

    data: Path
    test_from: date | None = None
    test_to: date | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A published set: its name, what is measured on it in one line, and how; rows come as they are known."""

    name: str
    about: str
    run: Callable[[Asked], Iterator[Row]]


class NoDataError(Exception):
    """The folder holds no file of the set."""


@cache
def evaluations() -> dict[str, Evaluation]:
    """Give all evaluations by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found = [module.EVALUATION for module in modules if hasattr(module, "EVALUATION")]
    return {evaluation.name: evaluation for evaluation in found}
