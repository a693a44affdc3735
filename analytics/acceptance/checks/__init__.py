"""Checks of new sensors, one module each: each exposes `CHECK`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from store.acceptance import Result, Watch, WatchedDevice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found of a device, in both languages, with the numbers behind it. Not known is not passed."""

    result: Result
    sentence_fr: str
    sentence_en: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a new sensor has to show. `judge` is pure; `source` says where its limits come from."""

    name: str
    name_fr: str
    name_en: str
    source: str
    judge: Callable[[WatchedDevice, Watch], Outcome]


@cache
def checks() -> Mapping[str, Check]:
    """Give every check by its name, in order of names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found: dict[str, Check] = {module.CHECK.name: module.CHECK for module in modules}
    return MappingProxyType(found)
