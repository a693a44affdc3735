"""The metrics of a Sparkplug payload as measurements: names and types from the births, values checked by the gate."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from sensors.foreign_name import channel_name
from sensors.measurement import Clock, Column, RejectedPart
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason, shown
from sensors.sparkplug import Metric, Payload, read_value

Target = tuple[str, str, str | None]  # channel, quantity, unit
BD_SEQ = "bdSeq"
LONGEST_NAME = 200  # keeps foreign names from filling the memory of the cache
# What an edge node says about itself: by the specification commands and properties, not measurements
_ABOUT_ITSELF = ("Node Control/", "Device Control/", "Node Info/", "Device Info/", "Properties/")
# Names that are not `channel/quantity`: name to (channel, quantity, unit)
NAMES: Mapping[str, Target] = {
    "Supply Voltage": ("", "voltage", "V"),
    "lamp/failure": ("lamp", "lamp_failure", None),
}


class Born(msgspec.Struct, frozen=True):
    """A metric as its birth declares it."""

    datatype: int | None = None
    unit: str | None = None


class Births(msgspec.Struct, frozen=True):
    """The metrics of a node or device by name, and the names of their aliases."""

    by_name: dict[str, Born]
    name_by_alias: dict[int, str]


class Taken(msgspec.Struct, frozen=True):
    """What the metrics of one payload gave. `is_all_born`: each was in the births, with the type that was sent."""

    columns: tuple[Column, ...]
    rejected: tuple[RejectedPart, ...]
    clock: Clock
    is_all_born: bool


class Item(NamedTuple):
    """One metric: `value` is a Refusal where it cannot be used, `time_us` None where the message has none."""

    name: str
    value: object
    target: Target = ("", "", None)
    time_us: int | None = None
    is_born: bool = False


NOTHING_BORN = Births({}, {})


def read_births(payload: Payload) -> Births:
    """Give what a birth declares. Raises DecodeError (wrong_shape) for an alias of two names, or no name."""
    by_name: dict[str, Born] = {}
    name_by_alias: dict[int, str] = {}
    for metric in payload.metrics:
        if metric.name is None:
            raise DecodeError(Reason.WRONG_SHAPE, f"alias {metric.alias}")
        by_name[metric.name] = Born(metric.datatype, metric.unit)
        if metric.alias is not None and name_by_alias.setdefault(metric.alias, metric.name) != metric.name:
            raise DecodeError(Reason.WRONG_SHAPE, f"alias {metric.alias}")
    return Births(by_name, name_by_alias)


def find_bd_seq(payload: Payload) -> int | None:
    """Give the number that ties a death to its birth, None where there is none."""
    values = (metric.value for metric in payload.metrics if metric.name == BD_SEQ)
    return next((value for value in values if isinstance(value, int)), None)


def take_metrics(payload: Payload, births: Births, received_at_us: int) -> Taken:
    """Give the measurements of a payload. In a birth, names and types are those of the metrics themselves."""
    items = [_read_item(metric, payload.time_us, births) for metric in payload.metrics if not metric.is_transient]
    rows: dict[Target, tuple[list[int | Refusal], list[object]]] = {}
    refused: list[RejectedPart] = []
    clock: Clock = "device"
    for item in items:
        if isinstance(item.value, Refusal):
            reason, detail = item.value
            refused.append(RejectedPart(reason, shown(detail), "", shown(item.name), 1))
        elif item.value is not None:
            times_us, values = rows.setdefault(item.target, ([], []))
            times_us.append(received_at_us if item.time_us is None else item.time_us)
            values.append(item.value)
            clock = "arrival" if item.time_us is None else clock
    columns, rejected = check_columns([RawColumn(*target, *row) for target, row in rows.items()], received_at_us)
    return Taken(columns, (*refused, *rejected), clock, all(item.is_born for item in items))


def _read_item(metric: Metric, sent_at_us: int | None, births: Births) -> Item:
    name = _find_name(metric, births)
    if name is None:
        return Item(f"alias {metric.alias}", Refusal(Reason.UNKNOWN_QUANTITY, f"alias {metric.alias} / births"))
    born = births.by_name.get(name)
    declared = born or Born()
    if name == BD_SEQ or name.startswith(_ABOUT_ITSELF):
        return Item(name, None, is_born=born is not None)
    value = read_value(metric, metric.datatype or declared.datatype)
    if metric.is_historical and metric.time_us is None:
        value = Refusal(Reason.TIME_INVALID, "is_historical")
    time_us = sent_at_us if metric.time_us is None else metric.time_us
    target = find_target(name[:LONGEST_NAME], metric.unit or declared.unit)
    return Item(name, value, target, time_us, born is not None)


def _find_name(metric: Metric, births: Births) -> str | None:
    """Give the metric's name; None for an alias that no birth in force has, or that belongs to another name."""
    if metric.alias is None:
        return metric.name
    by_alias = births.name_by_alias.get(metric.alias)
    if metric.name is None:
        return by_alias
    return metric.name if by_alias in (None, metric.name) else None


@lru_cache(maxsize=16_384)
def find_target(name: str, unit: str | None) -> Target:
    """Give channel, quantity and unit of a metric's name: folders are the channel, the last part is the quantity."""
    if name in NAMES:
        channel, quantity, own_unit = NAMES[name]
        return channel, quantity, unit or own_unit
    *folders, last = name.split("/")
    quantity = last.lower().replace(" ", "_").replace("-", "_")
    if find_quantity(quantity) is None:
        return "", name, unit
    return channel_name(*folders) if folders else "", quantity, unit
