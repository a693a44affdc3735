"""SenML (RFC 8428): a pack of records becomes resolved records, whichever its encoding.

Base fields stand from their record on until another replaces them. A resolved record has a whole name, its unit, its
value or sum, and its time; it can be understood alone. What breaks the rules of the RFC refuses the whole pack, because
what follows would be resolved wrongly.
"""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from sensors.instant import SECOND_US
from sensors.rejection import DecodeError, Reason, shown

VERSION = 10
RELATIVE_BELOW_S = 2**28  # section 4.5.3: a smaller time is relative to now
VALUE_LABELS = ("v", "vs", "vb", "vd")

_BASE_FIELDS = {"bn": "name", "bt": "time", "bu": "unit", "bv": "value", "bs": "sum", "bver": "version"}
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9:./_-]*")
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("bn", "bu", "n", "u", "vs"), str),
    **dict.fromkeys(("bt", "bv", "bs", "v", "s", "t", "ut"), (int, float)),
    "bver": int,
    "vb": bool,
    "vd": (str, bytes),
}


class Resolved(NamedTuple):
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


class _Base(NamedTuple):
    """The base fields that stand."""

    name: str = ""
    time: float = 0
    unit: str | None = None
    value: float = 0
    sum: float | None = None
    version: int | None = None


def resolve(pack: object, now_us: int) -> list[Resolved]:
    """Give the pack's records in the order of time. `now_us` is the moment that relative times count from.

    A record that carries base fields only gives none. Raises DecodeError (wrong_shape, no_value).
    """
    if not isinstance(pack, Sequence) or isinstance(pack, str | bytes):
        raise DecodeError(Reason.WRONG_SHAPE, "no list of records")
    resolved: list[Resolved] = []
    base = _Base()
    for index, record in enumerate(pack):
        if not isinstance(record, Mapping):
            raise DecodeError(Reason.WRONG_SHAPE, f"[{index}] no record")
        try:
            fields = _check_labels(record)
            base = _take_base(base, fields)
            one = _resolve_one(base, fields, now_us)
        except ValueError as error:
            raise DecodeError(Reason.WRONG_SHAPE, shown(f"[{index}] {error}")) from error
        if one is not None:
            resolved.append(one)
    if not resolved:
        raise DecodeError(Reason.NO_VALUE)
    return sorted(resolved, key=lambda one: one.time_us)


def _check_labels(record: Mapping[object, object]) -> Mapping[str, object]:
    """Give the RFC's fields where they are of their types; one of others must be understood where it ends in `_`."""
    known: dict[str, object] = {}
    for label, value in record.items():
        wanted = _TYPES.get(label) if isinstance(label, str) else None
        if isinstance(label, str) and wanted is not None:
            _check_type(label, value, wanted)
            known[label] = value
        elif isinstance(label, str) and label.endswith("_"):
            raise ValueError(f"{label} must be understood")
    return known


def _check_type(label: str, value: object, wanted: type | tuple[type, ...]) -> None:
    is_of_type = isinstance(value, wanted) and (label == "vb" or not isinstance(value, bool))
    if not is_of_type or (isinstance(value, float) and label != "v" and not isfinite(value)):
        raise ValueError(f"{label}: {value!r:.80}")


def _take_base(base: _Base, record: Mapping[str, object]) -> _Base:
    found = {field: record[label] for label, field in _BASE_FIELDS.items() if label in record}
    if not found:
        return base
    version = found.get("version", base.version)
    if base.version is not None and version != base.version:
        raise ValueError(f"bver {version} after {base.version}")
    if isinstance(version, int) and not 0 < version <= VERSION:
        raise ValueError(f"bver {version}")
    return base._replace(**found)  # type: ignore[arg-type]  # the types were checked with the labels


def _resolve_one(base: _Base, record: Mapping[str, object], now_us: int) -> Resolved | None:
    present = [label for label in VALUE_LABELS if label in record]
    if len(present) > 1:
        raise ValueError(" and ".join(present))
    if not present and "s" not in record:
        if not {"n", "u", "t"}.isdisjoint(record):
            raise ValueError("no value")
        return None
    name = base.name + str(record.get("n", ""))
    if not _NAME.fullmatch(name):
        raise ValueError(f"name: {name!r:.150}")
    time_us, is_relative = _resolve_time(base.time, record.get("t", 0), now_us)
    value = record[present[0]] if present else None
    if present == ["v"]:
        value = _add(base.value, value)
    total = None
    if "s" in record or base.sum is not None:
        total = float(_add(base.sum or 0, record.get("s", 0)))
    unit = record.get("u", base.unit)
    return Resolved(name, base.name, None if unit is None else str(unit), time_us, is_relative, value, total)


def _resolve_time(base: float, own: object, now_us: int) -> tuple[int, bool]:
    """Give the microseconds since 1970 UTC; a part is exact where it is an integer."""
    seconds = _add(base, own)
    is_relative = seconds < RELATIVE_BELOW_S
    time_us = seconds * SECOND_US
    if isinstance(time_us, float) and not isfinite(time_us):
        raise ValueError(f"time: {seconds}")
    return (now_us if is_relative else 0) + round(time_us), is_relative


def _add(base: float, own: object) -> float:
    try:
        return base + own if base else own  # type: ignore[operator,return-value]  # a number, checked with the labels
    except OverflowError as error:
        raise ValueError("a number beyond 1e308") from error
