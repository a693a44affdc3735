"""The payload formats: each module of this package exposes one `FORMAT`, found by its presence."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol

from sensors.measurement import Uplink


class Format(Protocol):
    """How the bytes of one kind of MQTT message become uplinks.

    `version` names the decoder's behaviour and is stored with what it decoded; it changes whenever the same bytes would
    give something else. `topic_filter` is the MQTT subscription used where no rule says otherwise.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def topic_filter(self) -> str: ...

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give what the message says, checked by `sensors.plausible`. Raises DecodeError and nothing else.

        `received_at_us` is when the message arrived, in microseconds since 1970 UTC.
        """
        ...


@cache
def formats() -> Mapping[str, Format]:
    """Give every format of this package by its name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in modules if hasattr(module, "FORMAT")}
    return MappingProxyType(found)


def find_format(name: str) -> Format | None:
    """Give the format of this name, None where there is none."""
    return formats().get(name)
