"""Sparkplug B 3.0 on the wire: topics, the protobuf Payload, values by data type, and the rebirth command.

Field and type numbers are those of the Sparkplug specification 3.0.0, section 6.4 (message Payload of
org.eclipse.tahu.protobuf).
"""

from collections.abc import Set
from typing import Any, NamedTuple

import msgspec

from sensors.plausible import Refusal
from sensors.protobuf_wire import FieldRule, Message, MessageRule, as_signed, read_message
from sensors.rejection import DecodeError, Reason, shown

ROOT = "spBv1.0"
NODE_KINDS = frozenset({"NBIRTH", "NDATA", "NDEATH", "NCMD"})
DEVICE_KINDS = frozenset({"DBIRTH", "DDATA", "DDEATH", "DCMD"})
REBIRTH = "Node Control/Rebirth"
MAX_PAYLOAD_BYTES = 1_048_576
LAST_SEQ = 255
BOOLEAN = 11

_SIGNED_BITS = {1: 8, 2: 16, 3: 32, 4: 64}
_UNSIGNED_BITS = {5: 8, 6: 16, 7: 32, 8: 64}
# By data type what a value is; other types hold no number: 13 DateTime, 15 UUID, 16 DataSet, 17 Bytes, 18 File,
# 19 Template, 20 and 21 property sets, 22 to 34 arrays
_NATURE_BY_TYPE = {
    **dict.fromkeys((*_SIGNED_BITS, *_UNSIGNED_BITS), "integer"),
    9: "real",
    10: "real",
    BOOLEAN: "boolean",
    12: "text",
    14: "text",
}
_TYPE_NAMES = {13: "DateTime", 15: "UUID", 16: "DataSet", 17: "Bytes", 18: "File", 19: "Template"}
# The same by the field that holds the value, of which a metric has one
_NATURE_BY_FIELD = {
    "int_value": "integer",
    "long_value": "integer",
    "float_value": "real",
    "double_value": "real",
    "boolean_value": "boolean",
    "string_value": "text",
    "bytes_value": "Bytes",
    "dataset_value": "DataSet",
    "template_value": "Template",
    "extension_value": "extension",
}
_NUMBERS_AND_TEXT = frozenset(
    {"int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value"}
)
_UNIT_PROPERTIES = frozenset({"engUnit", "Engineering Units", "unit", "units"})
_QUALITY_PROPERTIES, GOOD = frozenset({"Quality"}), 192  # 0 is bad, 500 stale

_PROPERTY = MessageRule({3: FieldRule("int", "uint"), 8: FieldRule("text", "text")})
_PROPERTIES = MessageRule(
    {
        1: FieldRule("keys", "text", repeated=True),
        2: FieldRule("values", "message", repeated=True, fields=_PROPERTY),
    }
)
_METRIC = MessageRule(
    {
        1: FieldRule("name", "text"),
        2: FieldRule("alias", "uint"),
        3: FieldRule("time_ms", "uint"),
        4: FieldRule("datatype", "uint"),
        5: FieldRule("is_historical", "bool"),
        6: FieldRule("is_transient", "bool"),
        7: FieldRule("is_null", "bool"),
        9: FieldRule("properties", "message", fields=_PROPERTIES),
        10: FieldRule("int_value", "uint"),
        11: FieldRule("long_value", "uint"),
        12: FieldRule("float_value", "float"),
        13: FieldRule("double_value", "double"),
        14: FieldRule("boolean_value", "bool"),
        15: FieldRule("string_value", "text"),
        16: FieldRule("bytes_value", "bytes"),
        17: FieldRule("dataset_value", "bytes"),
        18: FieldRule("template_value", "bytes"),
        19: FieldRule("extension_value", "bytes"),
    }
)
_PAYLOAD = MessageRule(
    {
        1: FieldRule("time_ms", "uint"),
        2: FieldRule("metrics", "message", repeated=True, fields=_METRIC),
        3: FieldRule("seq", "uint"),
    }
)


class Address(NamedTuple):
    """Whom a topic speaks of; `device` is "" in messages of the edge node itself."""

    group: str
    kind: str
    node: str
    device: str


class Metric(msgspec.Struct, frozen=True):
    """One metric as it is written. `field` names the field of its value, None where there is none.

    `unit` and `quality` are among its properties, if any. `datatype` None stands for a type that is not given.
    """

    name: str | None = None
    alias: int | None = None
    time_us: int | None = None
    datatype: int | None = None
    is_historical: bool = False
    is_transient: bool = False
    is_null: bool = False
    unit: str | None = None
    quality: int = GOOD
    field: str | None = None
    value: object = None


class Payload(msgspec.Struct, frozen=True):
    """One payload as it is written."""

    time_us: int | None
    seq: int | None
    metrics: tuple[Metric, ...]


def read_address(topic: str) -> Address:
    """Take a topic apart. Raises DecodeError (unknown_topic)."""
    parts = topic.split("/")
    if len(parts) in (4, 5) and parts[0] == ROOT and all(parts):
        kinds = NODE_KINDS if len(parts) == 4 else DEVICE_KINDS
        if parts[2] in kinds:
            return Address(parts[1], parts[2], parts[3], parts[4] if len(parts) == 5 else "")
    raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))


def read_payload(content: bytes) -> Payload:
    """Read a payload. Raises DecodeError (too_large, invalid_binary, invalid_utf8, wrong_shape)."""
    if len(content) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(content)} B / {MAX_PAYLOAD_BYTES} B")
    found = read_message(content, _PAYLOAD)
    seq = found.get("seq")
    if seq is not None and seq > LAST_SEQ:
        raise DecodeError(Reason.WRONG_SHAPE, f"seq: {seq} / 0 … {LAST_SEQ}")
    return Payload(_as_us(found.get("time_ms")), seq, tuple(map(_as_metric, found.get("metrics", ()))))


def read_value(metric: Metric, datatype: int | None) -> object:
    """Give a metric's number, truth or text by its type, None where it is absent, a Refusal where it is neither.

    A whole number without type is refused: nobody could tell whether it has a sign.
    """
    if metric.is_null or metric.field is None:
        return None
    if metric.quality != GOOD:
        return Refusal(Reason.NO_VALUE, f"Quality {metric.quality}")
    sent = _NATURE_BY_FIELD[metric.field]
    if metric.field not in _NUMBERS_AND_TEXT:
        return Refusal(Reason.WRONG_SHAPE, sent)
    if datatype is not None and datatype not in _NATURE_BY_TYPE:
        return Refusal(Reason.WRONG_SHAPE, _TYPE_NAMES.get(datatype, f"type {datatype}"))
    if datatype is not None and _NATURE_BY_TYPE[datatype] != sent:
        return Refusal(Reason.WRONG_SHAPE, f"{sent} / type {datatype}")
    return _read_integer(metric.value, datatype) if sent == "integer" else metric.value


def rebirth_command(at_us: int) -> bytes:
    """Write the payload of an NCMD that asks an edge node for its births."""
    time_ms, name = at_us // 1000, REBIRTH.encode()
    metric = b"".join(
        (
            _tagged(1, len(name), is_length=True) + name,
            _tagged(3, time_ms),
            _tagged(4, BOOLEAN),
            _tagged(14, 1),
        )
    )
    return _tagged(1, time_ms) + _tagged(2, len(metric), is_length=True) + metric


def _as_metric(found: Message) -> Metric:
    values = [name for name in found if name in _NATURE_BY_FIELD]
    if len(values) > 1:  # they share one `oneof`
        raise DecodeError(Reason.WRONG_SHAPE, ", ".join(values))
    field = values[0] if values else None
    properties = found.get("properties")
    return Metric(
        name=found.get("name") or None,
        alias=found.get("alias"),
        time_us=_as_us(found.get("time_ms")),
        datatype=found.get("datatype") or None,  # 0 stands for unknown
        is_historical=found.get("is_historical", False),
        is_transient=found.get("is_transient", False),
        is_null=found.get("is_null", False),
        unit=_find_property(properties, _UNIT_PROPERTIES, "text") if properties else None,
        quality=_find_property(properties, _QUALITY_PROPERTIES, "int", GOOD) if properties else GOOD,
        field=field,
        value=found[field] if field else None,
    )


def _as_us(time_ms: int | None) -> int | None:
    return None if time_ms is None else time_ms * 1000


def _find_property(properties: Message, names: Set[str], kind: str, default: Any = None) -> Any:  # Any: by kind
    """Find a property in a PropertySet, whose keys and values are parallel lists."""
    pairs = zip(properties.get("keys", ()), properties.get("values", ()), strict=False)
    return next((value[kind] for key, value in pairs if key in names and value.get(kind) not in (None, "")), default)


def _read_integer(raw: object, datatype: int | None) -> object:
    """Read two's complement. Senders extend the sign to 8, 16, 32 or 64 bits, as their language has it."""
    if datatype is None or not isinstance(raw, int):
        return Refusal(Reason.WRONG_SHAPE, "integer, type ?")
    if datatype in _UNSIGNED_BITS:
        bits = _UNSIGNED_BITS[datatype]
        return raw if raw < 1 << bits else Refusal(Reason.OUT_OF_RANGE, f"{raw}, UInt{bits}")
    bits = _SIGNED_BITS[datatype]
    half = 1 << (bits - 1)
    is_extended = any((1 << wide) - half <= raw < 1 << wide for wide in (32, 64))
    if raw >= 1 << bits and not is_extended:
        return Refusal(Reason.OUT_OF_RANGE, f"{raw}, Int{bits}")
    return as_signed(raw, bits)


def _tagged(number: int, value: int, *, is_length: bool = False) -> bytes:
    return _varint(number << 3 | (2 if is_length else 0)) + _varint(value)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
