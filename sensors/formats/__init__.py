"""The payload formats: each module of this package exposes one `FORMAT`, found by its presence."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class ZonedFormat(Format, Protocol):
    """A format whose messages may hold times without an offset."""

    def in_zone(self, zone: str) -> Format:
        """Give the format that reads them as civil time of this zone."""
        ...


def in_zone(format_: Format, zone: str | None) -> Format:
    """Let a format read times without an offset in this zone, where it can meet any and the zone is known."""
    return format_.in_zone(zone) if zone is not None and isinstance(format_, ZonedFormat) else format_


@cache
def formats() -> Mapping[str, Format]:
    """Give every format of this package by its name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in modules if hasattr(module, "FORMAT")}
    return MappingProxyType(found)


def find_format(name: str) -> Format | None:
    """Give the format of this name, None where there is none."""
    return formats().get(name)
