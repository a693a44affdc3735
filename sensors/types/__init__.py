"""The types of assets: each module of this package exposes one `TYPE`, found by its presence."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sensors.asset import AssetType


@cache
def asset_types() -> Mapping[str, AssetType]:
    """Give every asset type of this package by its name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found: dict[str, AssetType] = {module.TYPE.name: module.TYPE for module in modules}
    return MappingProxyType(found)


def find_asset_type(name: str) -> AssetType | None:
    """Give the asset type of this name, None where there is none."""
    return asset_types().get(name)
