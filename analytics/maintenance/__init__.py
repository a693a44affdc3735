"""Maintenance hints, one module per hint: each exposes `HINT`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol

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
class Level:
    """What is measured, and what it is compared with, both in the hint's own unit.

    Where the reference learns from what it watches, a fault that nobody mends becomes usual after some weeks. With
    levels, a finding ends only once half of what it lay away from usual, when it was told first, has gone.
    """

    now: float
    usual: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hint says of one asset, device or series at an instant: it is there, it is not, or (None) cannot be told.

    It is about the series where one is named, else the device, else the asset; an asset beside these only says where
    it is placed. `started_at` is when the signs began, `score` is 0 when ordinary and has no upper end; sentences and
    evidence are empty unless it is there. `level`: see there; None where the reference does not learn.
    """

    asset_id: int | None
    at: datetime
    is_present: bool | None
    started_at: datetime
    score: float = 0.0
    severity: Severity = "warning"
    sentence_en: str = ""
    sentence_fr: str = ""
    evidence: Mapping[str, Any] | None = None
    device_id: int | None = None
    series_id: int | None = None
    level: Level | None = None


class Watched(Protocol):
    """A series that a hint judges, with its device, and its asset where it has one."""

    @property
    def series_id(self) -> int: ...

    @property
    def device_id(self) -> int | None: ...

    @property
    def asset_id(self) -> int | None: ...


def absent(series: Watched, span: Span, is_present: bool | None, level: Level | None = None) -> Verdict:
    """Say at the end of a span that nothing is wrong with a series (False), or that it cannot be told (None)."""
    return Verdict(
        series.asset_id,
        span.ends_at,
        is_present,
        span.begins_at,
        device_id=series.device_id,
        series_id=series.series_id,
        level=level,
    )


@dataclass(frozen=True, slots=True)
class Hint:
    """A kind of fault that shows in rollups. Without `asset_types` it looks at all devices of a territory.

    It is told at the end of each period of its rhythm, or each `every` where it has none. `read` fetches the inputs of
    a window that begins `reach` before the span (the only I/O); `tell` is pure. Where much waits to be told, a span may
    hold up to `stride` of it. A change of what `tell` answers needs a new `version`.
    `open_at` is the least score of what is there: feedback may raise it. None: the score is no matter of degree.
    """

    name: str
    asset_types: tuple[str, ...]
    rhythm: Rhythm | timedelta
    reach: timedelta
    version: str
    read: Callable[[Connection, Window], Any]  # inputs differ from hint to hint
    tell: Callable[[Any, Span], Sequence[Verdict]]
    stride: timedelta = timedelta()
    open_at: float | None = None


@cache
def hints() -> Mapping[str, Hint]:
    """Give every hint by its name, in order of names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found: dict[str, Hint] = {module.HINT.name: module.HINT for module in modules if hasattr(module, "HINT")}
    return MappingProxyType(found)


@cache
def families() -> Mapping[str, tuple[Hint, ...]]:
    """Group the hints that read the same by the same `read`, so that it is read once; each by the name of its first."""
    found: dict[Any, list[Hint]] = {}
    for hint in hints().values():
        found.setdefault((hint.read, hint.asset_types, hint.rhythm, hint.reach, hint.stride), []).append(hint)
    return MappingProxyType({family[0].name: tuple(family) for family in found.values()})
