"""The routes under `/v1`: each module exposes one `router`, found by its presence."""

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter

OFTEN = ("measurements", "curves")  # asked most often: routes are tried one after the other, so these come first


def routers() -> Iterator[APIRouter]:
    """Give every router of this package, in order of its module's name, those that are asked most often first."""
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda found: (found.name not in OFTEN, found.name)):
        yield importlib.import_module(f"{__name__}.{module.name}").router
