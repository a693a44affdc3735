"""Packets out of a stream: however it is cut, and whatever stands in it."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.arrival import Arrival
from ingest.errors import ProtocolError
from ingest.wire import acknowledgements, packet_size, split

PINGRESP = b"\xd0\x00"


def length(number: int) -> bytes:
    """Write a variable length (MQTT 5.0, 1.5.5), one byte at a time."""
    written = bytearray()
    while True:
        number, digit = divmod(number, 128)
        written.append(digit | (128 if number else 0))
        if not number:
            return bytes(written)


def sized(content: bytes) -> bytes:
    return struct.pack("!H", len(content)) + content


def packet(arrival: Arrival, *, has_properties: bool) -> bytes:
    """Write a message as a broker does, with properties that nobody reads among the others."""
    body = sized(arrival.topic)
    if arrival.mid:
        body += struct.pack("!H", arrival.mid)
    if has_properties:
        properties = b""
        if arrival.response_topic is not None:
            properties += b"\x08" + sized(arrival.response_topic.encode()) + b"\x26" + sized(b"k") + sized(b"v")
        if arrival.correlation_data is not None:
            properties += b"\x01\x00\x0b\x80\x01\x02\x00\x00\x00\x09\x09" + sized(arrival.correlation_data)
        body += length(len(properties)) + properties
    body += arrival.payload
    return bytes([0x32 if arrival.mid else 0x30]) + length(len(body)) + body


TOPICS = st.binary(max_size=40)
MESSAGES = st.lists(
    st.builds(
        Arrival,
        topic=TOPICS,
        payload=st.binary(max_size=300),
        mid=st.integers(0, 65_535),
        received_at_us=st.just(0),
        response_topic=st.none() | st.text("abc/é", max_size=200),
        correlation_data=st.none() | st.binary(max_size=20),
    ),
    max_size=8,
)


@given(messages=MESSAGES, piece=st.integers(1, 200), has_properties=st.booleans())
def test_split_gives_each_message_once_however_the_stream_is_cut(
    messages: list[Arrival], piece: int, has_properties: bool
) -> None:
    stream = b"".join(packet(m, has_properties=has_properties) + PINGRESP for m in messages)
    found: list[Arrival] = []
    control, rest = b"", b""
    for begin in range(0, len(stream), piece):
        rest += stream[begin : begin + piece]
        result = split(rest, len(found), has_properties=has_properties)
        found += result.arrivals
        control += result.control
        rest = rest[result.n_used :]
    assert rest == b""
    assert control == PINGRESP * len(messages)
    assert [m.received_at_us for m in found] == list(range(len(messages)))
    assert [(m.topic, m.payload, m.mid) for m in found] == [(m.topic, m.payload, m.mid) for m in messages]
    if has_properties:
        assert [(m.response_topic, m.correlation_data) for m in found] == [
            (m.response_topic, m.correlation_data) for m in messages
        ]


@given(stream=st.binary(max_size=200), has_properties=st.booleans())
def test_split_of_any_bytes_ends_or_raises_its_own_error(stream: bytes, has_properties: bool) -> None:
    for head in (b"", b"\x32", b"\x30"):
        try:
            result = split(head + stream, 0, has_properties=has_properties)
            packet_size((head + stream)[result.n_used :])
        except ProtocolError:
            continue
        assert 0 <= result.n_used <= len(head + stream)


@pytest.mark.parametrize(
    "properties", [b"\x0b\x80", b"\x09\x00\x05ab", b"\x08\x00", b"\x26\x00\x01a", b"\x7f"], ids=repr
)
def test_split_refuses_properties_that_are_cut_short(properties: bytes) -> None:
    body = sized(b"t") + b"\x00\x01" + length(len(properties)) + properties
    with pytest.raises(ProtocolError):
        split(b"\x32" + length(len(body)) + body, 0, has_properties=True)


@given(mids=st.lists(st.integers(1, 65_535), max_size=50))
def test_acknowledgements_keep_the_order(mids: list[int]) -> None:
    assert acknowledgements(mids) == b"".join(b"\x40\x02" + struct.pack("!H", mid) for mid in mids)
