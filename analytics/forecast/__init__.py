"""Forecasts, one module per kind: each exposes `FORECASTER`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from store.forecasts import DueTerritory, Forecast
from store.inputs import Connection


@dataclass(frozen=True, slots=True)
class Forecaster:
    """What foretells a quantity of assets of these types, once per territory and `rhythm`.

    `tell` reads what it needs and gives the forecasts as of an instant, none where too little is known; `version`
    changes with whatever `tell` answers.
    """

    name: str
    version: str
    asset_types: tuple[str, ...]
    rhythm: timedelta
    tell: Callable[[Connection, DueTerritory, datetime], Sequence[Forecast]]


@cache
def forecasters() -> tuple[Forecaster, ...]:
    """Give all forecasters, in order of their module's name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(module.FORECASTER for module in modules if hasattr(module, "FORECASTER"))
