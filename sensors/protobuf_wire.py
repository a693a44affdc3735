"""Reads protobuf's wire format, without generated code: any message by a small table of the fields that are wanted.

Written from the published encoding (protobuf.dev/programming-guides/encoding). Fields that a table does not name are
skipped; whatever is cut short, too deep or of another wire type than its field's is refused as a whole.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from sensors.rejection import DecodeError, Reason

DEEPEST = 32  # nested messages; Google's own readers stop at 100, no payload of a gateway needs ten

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5

Kind = Literal["uint", "int", "sint", "bool", "fixed", "float", "double", "text", "bytes", "message"]

_WIRE_TYPE: dict[Kind, int | None] = {
    "uint": VARINT,
    "int": VARINT,
    "sint": VARINT,
    "bool": VARINT,
    "fixed": None,  # 32 or 64 bits
    "float": FIXED32,
    "double": FIXED64,
    "text": LENGTH,
    "bytes": LENGTH,
    "message": LENGTH,
}
_VARINT_BITS, _LONGEST_VARINT = 64, 10


class WireField(NamedTuple):
    """One field as it lies on the wire: an unsigned integer for varints, else its bytes."""

    number: int
    wire_type: int
    value: int | bytes


class FieldRule(NamedTuple):
    """How one field is named and read; `fields` is the table of a nested message.

    `int` is the int32 and int64 of protobuf, `fixed` an unsigned fixed32 or fixed64.
    """

    name: str
    kind: Kind
    repeated: bool = False
    fields: "MessageRule | None" = None


class MessageRule:
    """The wanted fields of a message by number; filled after its making where messages nest in themselves."""

    def __init__(self, rules: Mapping[int, FieldRule] | None = None) -> None:
        self.rules: dict[int, FieldRule] = dict(rules or {})


# Any: a field's value is an int, float, bool, str, bytes, a nested dict or a list of these, as its rule says
Message = dict[str, Any]


def read_message(data: bytes, rule: MessageRule, depth: int = 0) -> Message:
    """Give the wanted fields that are present, by name. Raises DecodeError (invalid_binary, invalid_utf8).

    A field that is absent is absent here too: nothing is filled in with a default. A repeated field is a list; of a
    single field that comes twice the last counts. Packed numbers are unpacked.
    """
    if depth > DEEPEST:
        raise DecodeError(Reason.INVALID_BINARY, f"> {DEEPEST} levels")
    message: Message = {}
    for field in read_fields(data):
        wanted = rule.rules.get(field.number)
        if wanted is None:
            continue
        if wanted.repeated:
            message.setdefault(wanted.name, []).extend(_read_items(field, wanted, depth))
        else:
            message[wanted.name] = _read_value(field, wanted, depth)
    return message


def read_fields(data: bytes) -> Iterator[WireField]:
    """Give the fields of one message in their order. Raises DecodeError (invalid_binary)."""
    position, end = 0, len(data)
    while position < end:
        tag, position = _read_varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        if not 0 < number < 2**29:
            raise DecodeError(Reason.INVALID_BINARY, f"byte {position}: field number {number}")
        if wire_type == VARINT:
            integer, position = _read_varint(data, position)
            yield WireField(number, wire_type, integer)
            continue
        length, position = _length(data, position, wire_type)
        if position + length > end:
            raise DecodeError(Reason.INVALID_BINARY, f"byte {position}: {end - position} B / {length} B")
        yield WireField(number, wire_type, data[position : position + length])
        position += length


def as_signed(value: int, bits: int) -> int:
    """Give the two's complement of an unsigned integer's lowest bits.

    >>> as_signed(2**32 - 5, 32)
    -5
    """
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for index in range(_LONGEST_VARINT):
        if position + index >= len(data):
            break
        byte = data[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & (1 << _VARINT_BITS) - 1, position + index + 1
    raise DecodeError(Reason.INVALID_BINARY, f"byte {position}: varint")


def _length(data: bytes, position: int, wire_type: int) -> tuple[int, int]:
    if wire_type == LENGTH:
        return _read_varint(data, position)
    if wire_type == FIXED64:
        return 8, position
    if wire_type == FIXED32:
        return 4, position
    raise DecodeError(Reason.INVALID_BINARY, f"byte {position}: wire type {wire_type}")


def _read_items(field: WireField, rule: FieldRule, depth: int) -> list[Any]:
    """Give the one value of a repeated field, or the many where numbers are packed."""
    is_packed = field.wire_type == LENGTH and _WIRE_TYPE[rule.kind] != LENGTH
    if not is_packed or isinstance(field.value, int):
        return [_read_value(field, rule, depth)]
    data, items, position = field.value, [], 0
    while position < len(data):
        wire_type = _WIRE_TYPE[rule.kind]
        if wire_type == VARINT:
            integer, position = _read_varint(data, position)
            items.append(_read_value(WireField(field.number, VARINT, integer), rule, depth))
            continue
        if wire_type is None:
            raise DecodeError(Reason.INVALID_BINARY, f"field {field.number}: packed")
        width = 8 if wire_type == FIXED64 else 4
        items.append(_read_value(WireField(field.number, wire_type, data[position : position + width]), rule, depth))
        position += width
    return items


def _read_value(field: WireField, rule: FieldRule, depth: int) -> Any:
    wire_type = _WIRE_TYPE[rule.kind]
    if field.wire_type != wire_type and not (wire_type is None and field.wire_type in (FIXED32, FIXED64)):
        raise DecodeError(Reason.INVALID_BINARY, f"field {field.number} ({rule.name}): wire type {field.wire_type}")
    if isinstance(field.value, int):
        return _from_varint(field.value, rule.kind)
    if rule.fields is not None:
        return read_message(field.value, rule.fields, depth + 1)
    return _from_bytes(field.value, rule)


def _from_varint(value: int, kind: Kind) -> int | bool:
    if kind == "int":
        return as_signed(value, 64)
    if kind == "sint":
        return (value >> 1) ^ -(value & 1)
    return bool(value) if kind == "bool" else value


def _from_bytes(value: bytes, rule: FieldRule) -> float | int | str | bytes:
    try:
        if rule.kind == "text":
            return value.decode()
        if rule.kind == "bytes":
            return value
        if rule.kind == "fixed":
            return int.from_bytes(value, "little")
        number: float = struct.unpack("<f" if rule.kind == "float" else "<d", value)[0]
        return number
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"{rule.name}: byte {error.start}") from error
    except struct.error as error:
        raise DecodeError(Reason.INVALID_BINARY, rule.name) from error
