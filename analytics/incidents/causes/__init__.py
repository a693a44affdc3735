"""Causes of incidents, one module each: each exposes `CAUSE`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from analytics.incidents.ground import Claim, Ground
from store.incidents import Line, ToldFinding
from store.results import Severity


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason for which several findings are told.

    Those of a lower `rank` are asked first, and may take findings from incidents of a higher one. `claim` is pure: it
    sees free findings in order of time and gives what it accounts for. `tell` gives (English, French) sentences.
    `severity` is the least that such an incident has; a quiet one is never more than an information.
    """

    name: str
    rank: int
    claim: Callable[[Sequence[ToldFinding], Ground], Iterable[Claim]]
    tell: Callable[[Line], tuple[str, str]]
    severity: Severity = "info"
    is_quiet: bool = False


@cache
def causes() -> Mapping[str, Cause]:
    """Give every cause by its name, in order of rank."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: list[Cause] = [importlib.import_module(f"{__name__}.{name}").CAUSE for name in names]
    return MappingProxyType({cause.name: cause for cause in sorted(found, key=lambda cause: (cause.rank, cause.name))})
