"""Own decoders of common devices: each module of this package exposes one `MODEL`, found by its presence."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from sensors.decoded import Item

LONGEST_NAME = 100  # longer than any; keeps foreign names from filling the memory of the cache


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """A model of device that Vigie reads without anybody's codec.

    `brand` and `name` are the identifiers of The Things Network's device repository where it has the model.
    `also` holds other models of the same frame. `decode` takes the bytes and the LoRaWAN port of one uplink and gives
    its values; an uplink of settings or start-up gives none. It raises DecodeError (invalid_binary) and nothing else.
    """

    name: str
    brand: str
    decode: Callable[[bytes, int], list[Item]]
    also: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Give `brand/name` of every model that this decoder reads."""
        return tuple(f"{self.brand}/{name}" for name in (self.name, *self.also))


@cache
def device_models() -> Mapping[str, DeviceModel]:
    """Give every model of this package by each `brand/name` it goes by."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = {key: module.MODEL for module in modules if hasattr(module, "MODEL") for key in module.MODEL.ids}
    return MappingProxyType(found)


def find_device_model(name: str) -> DeviceModel | None:
    """Give the model a device profile is named after (`bosch/tps110`, `Bosch TPS110`), None where there is none.

    Brand and model must both be there: a lone model number may be anybody's.
    """
    return _find(name) if len(name) <= LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _find(name: str) -> DeviceModel | None:
    return _by_plain_name().get(_plain(name))


@cache
def _by_plain_name() -> Mapping[str, DeviceModel]:
    return {_plain(key): model for key, model in device_models().items()}


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower()).replace("milesightiot", "milesight")
