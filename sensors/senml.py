"""SenML (RFC 8428): a pack of records becomes resolved records, whichever its encoding.

Base fields stand from their record on until another replaces them. A resolved record has a whole name, its unit, its
value or sum, and its time; it can be understood alone. What breaks the rules of the RFC refuses the whole pack, because
what follows would be resolved wrongly.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from sensors.instant import SECOND_US
from sensors.rejection import DecodeError, Reason, shown

VERSION = 10
RELATIVE_BELOW_S = 2**28  # section 4.5.3: a smaller time is relative to now
LARGEST_S = 1e15
LONGEST_NAME = 300  # longer than any device with a quantity; keeps foreign names from filling the memory of the caches

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9:./_-]*")

Text = str | UnsetType
Number = int | float | UnsetType


class Record(msgspec.Struct, frozen=True, gc=False):
    """A record as it is written, by the labels of its JSON; fields unknown to the RFC are left out."""

    bn: Text = UNSET
    bt: Number = UNSET
    bu: Text = UNSET
    bv: Number = UNSET
    bs: Number = UNSET
    bver: int | UnsetType = UNSET
    n: Text = UNSET
    u: Text = UNSET
    v: Number = UNSET
    vs: Text = UNSET
    vb: bool | UnsetType = UNSET
    vd: Any = UNSET  # Any: text in JSON, bytes in CBOR; no quantity takes either
    s: Number = UNSET
    t: Number = UNSET
    ut: Number = UNSET


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """One record that needs no other: `value` None where it carries only the sum, `sum` None where it has none.

    `base` is the base name that stood, the first part of `name`; `is_relative` says that the time was told from now.
    """

    name: str
    base: str
    unit: str | None
    time_us: int
    is_relative: bool
    value: object
    sum: float | None


def read_records(pack: object) -> list[Record]:
    """Give the records of a pack of plain values. Raises DecodeError (wrong_shape)."""
    check_labels(pack)
    try:
        return msgspec.convert(pack, list[Record])
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error


def check_labels(pack: object) -> None:
    """Refuse a pack with a field that must be understood and is not, which a `_` at its end says (section 4.4)."""
    for record in pack if isinstance(pack, list) else ():
        for label in record if isinstance(record, Mapping) else ():
            if isinstance(label, str) and label.endswith("_"):
                raise DecodeError(Reason.WRONG_SHAPE, shown(f"{label} must be understood"))


def resolve(records: Sequence[Record], now_us: int) -> list[Resolved]:
    """Give the resolved records in the order of time. `now_us` is the moment that relative times count from.

    A record that carries base fields only gives none. Raises DecodeError (wrong_shape, no_value).
    """
    base = _Base()
    resolved: list[Resolved] = []
    for index, record in enumerate(records):
        try:
            base.take(record)
            one = _resolve_one(record, base, now_us)
        except (ValueError, OverflowError) as error:
            raise DecodeError(Reason.WRONG_SHAPE, shown(f"[{index}] {error}")) from error
        if one is not None:
            resolved.append(one)
    if not resolved:
        raise DecodeError(Reason.NO_VALUE)
    resolved.sort(key=attrgetter("time_us"))
    return resolved


class _Base:
    """The base fields that stand."""

    __slots__ = ("name", "sum", "time", "unit", "value", "version")

    def __init__(self) -> None:
        self.name = ""
        self.time: float = 0
        self.unit: str | None = None
        self.value: float = 0
        self.sum: float | None = None
        self.version: int | None = None

    def take(self, record: Record) -> None:
        """Replace what the record replaces. Raises ValueError where its version is another or too new."""
        if record.bn is not UNSET:
            self.name = record.bn
        if record.bt is not UNSET:
            self.time = record.bt
        if record.bu is not UNSET:
            self.unit = record.bu
        if record.bv is not UNSET:
            self.value = record.bv
        if record.bs is not UNSET:
            self.sum = record.bs
        if record.bver is not UNSET:
            self._take_version(record.bver)

    def _take_version(self, version: int) -> None:
        if not 0 < version <= VERSION or self.version not in (None, version):
            raise ValueError(f"bver {version}")
        self.version = version


def _resolve_one(record: Record, base: _Base, now_us: int) -> Resolved | None:
    value = _read_value(record, base.value)
    total = None if record.s is UNSET else (base.sum or 0) + record.s
    if value is None and total is None:
        if record.n is UNSET and record.u is UNSET and record.t is UNSET:
            return None
        raise ValueError("no value")
    if total is None:
        total = base.sum
    name = base.name if record.n is UNSET else base.name + record.n
    if len(name) > LONGEST_NAME or not is_name(name):
        raise ValueError(f"name: {name!r:.150}")
    seconds = base.time if record.t is UNSET else base.time + record.t
    if not abs(seconds) < LARGEST_S:
        raise ValueError("a time beyond all calendars")
    is_relative = seconds < RELATIVE_BELOW_S
    time_us = round(seconds * SECOND_US) + (now_us if is_relative else 0)
    return Resolved(name, base.name, base.unit if record.u is UNSET else record.u, time_us, is_relative, value, total)


def _read_value(record: Record, base: float) -> object:
    """Give the one value, None where there is none. Raises ValueError where there are several."""
    value: object = None
    if record.v is not UNSET:
        value = record.v + base if base else record.v
    for other in (record.vs, record.vb, record.vd):
        if other is not UNSET:
            if value is not None:
                raise ValueError("more than one value")
            value = other
    return value


@lru_cache(maxsize=16384)
def is_name(text: str) -> bool:
    """Say whether this may be a resolved name (section 4.5.1)."""
    return _NAME.fullmatch(text) is not None
