"""Maintenance hints, one module per hint: each exposes `HINT`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from analytics.period import Rhythm
from store.inputs import Connection, Window
from store.results import Severity


@dataclass(frozen=True, slots=True)
class Span:
    """What is to be told: after `begins_at`, up to `ends_at`, and the civil time that people there read.

    `ends` are the instants of the hint's rhythm in it, in order: it is judged at each by what was known then.
    """

    begins_at: datetime
    ends_at: datetime
    time_zone: str
    ends: tuple[datetime, ...]

    def parts(self) -> Iterable["Span"]:
        """Give the spans from one instant to the next."""
        for begin, end in pairwise((self.begins_at, *self.ends)):
            yield Span(begin, end, self.time_zone, (end,))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hint says of one asset at an instant: it is there, it is not, or (None) it cannot tell.

    `started_at` is when the signs began, `score` is 0 when ordinary and has no upper end; sentences and evidence are
    empty unless it is there.
    """

    asset_id: int
    at: datetime
    is_present: bool | None
    started_at: datetime
    score: float = 0.0
    severity: Severity = "warning"
    sentence_en: str = ""
    sentence_fr: str = ""
    evidence: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """A kind of fault that shows in rollups.

    It is told at the end of each period of its rhythm, or each `every` where it has none. `read` fetches the inputs of
    a window that begins `reach` before the span (the only I/O); `tell` is pure. Where much waits
    to be told, a span may hold up to `stride` of it. A change of what `tell` answers needs a new `version`.
    """

    name: str
    asset_types: tuple[str, ...]
    rhythm: Rhythm | timedelta
    reach: timedelta
    version: str
    read: Callable[[Connection, Window], Any]  # inputs differ from hint to hint
    tell: Callable[[Any, Span], Sequence[Verdict]]
    stride: timedelta = timedelta()


@cache
def hints() -> Mapping[str, Hint]:
    """Give every hint by its name, in order of names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found: dict[str, Hint] = {module.HINT.name: module.HINT for module in modules if hasattr(module, "HINT")}
    return MappingProxyType(found)
