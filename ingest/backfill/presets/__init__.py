"""Files that utilities and the weather service publish, read as they are: each module gives its `PRESETS`.

A preset turns a file into a table whose header Vigie understands; from there on it is loaded as any other.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from ingest.backfill.presets.preset import Preset
from ingest.errors import FileError


@cache
def presets() -> Mapping[str, Preset]:
    """Give every preset by its name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = {preset.name: preset for module in modules for preset in getattr(module, "PRESETS", ())}
    return MappingProxyType(found)


def find_preset(name: str) -> Preset:
    """Give a preset. Raises FileError where there is none of this name."""
    if (found := presets().get(name)) is None:
        raise FileError(f"no preset {name!r}; presets are {', '.join(sorted(presets()))}")
    return found
