"""The reader of protobuf's wire format, beside Google's own writer."""

import struct

import pytest
from google.protobuf import struct_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from sensors.protobuf_wire import DEEPEST, FieldRule, MessageRule, as_signed, read_fields, read_message
from sensors.rejection import DecodeError, Reason

TIMESTAMP = MessageRule({1: FieldRule("seconds", "int"), 2: FieldRule("nanos", "int")})
VALUE = MessageRule()
STRUCT = MessageRule(
    {
        1: FieldRule(
            "fields",
            "message",
            True,
            MessageRule({1: FieldRule("key", "text"), 2: FieldRule("value", "message", fields=VALUE)}),
        )
    }
)
VALUE.rules |= {
    1: FieldRule("null", "uint"),
    2: FieldRule("number", "double"),
    3: FieldRule("text", "text"),
    4: FieldRule("flag", "bool"),
    5: FieldRule("struct", "message", fields=STRUCT),
}
FILE = MessageRule(
    {
        1: FieldRule("name", "text"),
        3: FieldRule("dependency", "text", True),
        10: FieldRule("public_dependency", "int", True),
    }
)


@given(st.integers(-62135596800, 253402300799), st.integers(0, 999_999_999))
def test_read_message_agrees_with_googles_writer_on_signed_integers(seconds: int, nanos: int) -> None:
    read = read_message(Timestamp(seconds=seconds, nanos=nanos).SerializeToString(), TIMESTAMP)
    assert read == {name: value for name, value in (("seconds", seconds), ("nanos", nanos)) if value}


@given(st.text(), st.floats(allow_nan=False), st.booleans())
def test_read_message_agrees_with_googles_writer_on_a_nested_message(text: str, number: float, flag: bool) -> None:
    written = struct_pb2.Struct()
    written.update({"t": text, "n": number, "f": flag, "deep": {"n": number}})
    read = read_message(written.SerializeToString(), STRUCT)
    values = {entry["key"]: entry["value"] for entry in read["fields"]}
    assert values["t"] == {"text": text}
    assert values["n"] == {"number": number}
    assert values["f"] == {"flag": flag}
    assert values["deep"]["struct"]["fields"] == [{"key": "n", "value": {"number": number}}]


@given(st.lists(st.text(max_size=5)), st.lists(st.integers(-(2**31), 2**31 - 1)), st.booleans())
def test_read_message_gives_repeated_fields_as_lists_packed_or_not(
    texts: list[str], numbers: list[int], is_packed: bool
) -> None:
    written = FileDescriptorProto(name="x", dependency=texts, public_dependency=numbers).SerializeToString()
    if is_packed:
        body = b"".join(_varint(number) for number in numbers)
        written = (
            FileDescriptorProto(name="x", dependency=texts).SerializeToString() + b"\x52" + _varint(len(body)) + body
        )
    read = read_message(written, FILE)
    assert (read["name"], read.get("dependency", []), read.get("public_dependency", [])) == ("x", texts, numbers)


@given(st.binary(max_size=200))
def test_read_message_raises_its_own_error_only(data: bytes) -> None:
    reasons = []
    for rule in (TIMESTAMP, STRUCT, FILE):
        try:
            read_message(data, rule)
        except DecodeError as error:
            reasons.append(error.reason)
    assert set(reasons) <= {Reason.INVALID_BINARY, Reason.INVALID_UTF8}


def test_read_message_refuses_every_cut_inside_a_field() -> None:
    whole = FileDescriptorProto(name="some name").SerializeToString()
    for length in range(1, len(whole)):
        with pytest.raises(DecodeError) as refusal:
            read_message(whole[:length], FILE)
        assert refusal.value.reason is Reason.INVALID_BINARY


def test_read_message_refuses_endless_nesting() -> None:
    data = b""
    for _ in range(2 * DEEPEST):
        inner = b"\x2a" + _varint(len(data)) + data
        entry = b"\x12" + _varint(len(inner)) + inner
        data = b"\x0a" + _varint(len(entry)) + entry
    with pytest.raises(DecodeError, match="levels"):
        read_message(data, STRUCT)


def test_read_fields_skips_nothing_and_keeps_the_order() -> None:
    data = b"\x08\x96\x01" + b"\x15" + struct.pack("<f", 1.5) + b"\x1a\x01a" + b"\x21" + struct.pack("<d", 2.5)
    assert [tuple(field) for field in read_fields(data)] == [
        (1, 0, 150),
        (2, 5, struct.pack("<f", 1.5)),
        (3, 2, b"a"),
        (4, 1, struct.pack("<d", 2.5)),
    ]


@given(st.integers(-(2**31), 2**31 - 1))
def test_as_signed_undoes_twos_complement(value: int) -> None:
    assert as_signed(value % 2**32, 32) == value


def _varint(value: int) -> bytes:
    value %= 2**64
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
