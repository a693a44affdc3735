"""MQTT packets out of a stream of bytes: application messages for us, everything else for the client library.

The client library parses a message in some 30 µs, most of it in its property table; a worker that stores more than
20,000 messages a second cannot afford that. So PUBLISH packets are taken out of the stream here, with their two
properties that matter, and all other packets (a few a minute) go to the library untouched. Facts: MQTT 5.0, 2.1-2.2
and 3.3; MQTT 3.1.1, 3.3.
"""

from typing import NamedTuple

import numpy as np

from ingest.arrival import Arrival
from ingest.errors import ProtocolError

PUBLISH = 0x30
RETAINED = 0x01
MAX_LENGTH_BYTES = 4
RESPONSE_TOPIC = 0x08
CORRELATION_DATA = 0x09
USER_PROPERTY = 0x26
SUBSCRIPTION_IDENTIFIER = 0x0B
FIXED_SIZES = {0x01: 1, 0x02: 4, 0x23: 2}  # payload format, message expiry, topic alias
SIZED = frozenset({0x03, RESPONSE_TOPIC, CORRELATION_DATA})  # two bytes of length, then the content

ACKNOWLEDGEMENT = np.dtype([("head", ">u2"), ("mid", ">u2")])
PUBACK = 0x40
PUBACK_HEAD = 0x4002  # PUBACK with two more bytes: reason 0, success


class Split(NamedTuple):
    """Messages, bytes of other packets, and how many bytes of the buffer were used."""

    arrivals: list[Arrival]
    control: bytes
    n_used: int


def split(buffer: bytes, received_at_us: int, *, has_properties: bool) -> Split:
    """Take all whole packets out of `buffer`; the rest stays for the next call.

    The first message is stamped `received_at_us`, each later one a microsecond more. `has_properties` is true for
    MQTT 5. Raises ProtocolError.
    """
    arrivals: list[Arrival] = []
    control: list[bytes] = []
    position, size = 0, len(buffer)
    while position + 1 < size:
        length = buffer[position + 1]
        begin = position + 2
        if length > 127:
            length, begin = read_length(buffer, position + 1)
        end = begin + length
        if end > size or not begin:
            break
        head = buffer[position]
        if head & 0xF0 == PUBLISH:
            arrivals.append(read_publish(head, buffer, begin, end, received_at_us + len(arrivals), has_properties))
        else:
            control.append(buffer[position:end])
        position = end
    return Split(arrivals, b"".join(control), position)


def read_length(buffer: bytes, position: int) -> tuple[int, int]:
    """Give a variable length and where it ends, (0, 0) where it is not all there. Raises ProtocolError."""
    length = 0
    for index, byte in enumerate(buffer[position : position + MAX_LENGTH_BYTES]):
        length |= (byte & 127) << (7 * index)
        if byte < 128:
            return length, position + index + 1
    if len(buffer) - position >= MAX_LENGTH_BYTES:
        raise ProtocolError("the broker sent a packet length of more than four bytes")
    return 0, 0


def packet_size(buffer: bytes) -> int:
    """Give the size of the packet that begins the buffer, 0 where that cannot be known yet. Raises ProtocolError."""
    length, begin = read_length(buffer, 1) if len(buffer) > 1 else (0, 0)
    return begin + length


def read_publish(head: int, buffer: bytes, begin: int, end: int, received_at_us: int, has_properties: bool) -> Arrival:
    """Give the message between `begin` and `end`. Raises ProtocolError."""
    topic_end = begin + 2 + (buffer[begin] << 8 | buffer[begin + 1]) if end - begin >= 2 else end + 1
    body = topic_end + 2 if head & 0x06 else topic_end
    if body + has_properties > end or head & 0x04:
        raise ProtocolError("the broker sent a message that is cut short or above the quality of service asked for")
    mid = buffer[topic_end] << 8 | buffer[topic_end + 1] if head & 0x06 else 0
    topic = buffer[begin + 2 : topic_end]
    is_retained = bool(head & RETAINED)
    if not has_properties:
        return Arrival(topic, buffer[body:end], mid, received_at_us, None, None, is_retained)
    if not buffer[body]:
        return Arrival(topic, buffer[body + 1 : end], mid, received_at_us, None, None, is_retained)
    length, properties_begin = read_length(buffer, body)
    payload_begin = properties_begin + length
    if not properties_begin or payload_begin > end:
        raise ProtocolError("the broker sent a message whose properties are cut short")
    response_topic, correlation_data = read_properties(buffer[properties_begin:payload_begin])
    return Arrival(topic, buffer[payload_begin:end], mid, received_at_us, response_topic, correlation_data, is_retained)


def read_properties(properties: bytes) -> tuple[str | None, bytes | None]:
    """Give response topic and correlation data, None where absent. Raises ProtocolError."""
    found: dict[int, bytes] = {}
    position = 0
    while position < len(properties):
        identifier = properties[position]
        position += 1
        if identifier in SIZED:
            found[identifier], position = read_sized(properties, position)
        elif identifier == USER_PROPERTY:
            _, position = read_sized(properties, position)
            _, position = read_sized(properties, position)
        elif identifier == SUBSCRIPTION_IDENTIFIER:
            position = skip_length(properties, position)
        elif identifier in FIXED_SIZES:
            position += FIXED_SIZES[identifier]
        else:
            raise ProtocolError(f"the broker sent the unknown message property {identifier}")
    topic = found.get(RESPONSE_TOPIC)
    return None if topic is None else topic.decode(errors="replace"), found.get(CORRELATION_DATA)


def skip_length(buffer: bytes, position: int) -> int:
    """Give where a variable length ends. Raises ProtocolError."""
    _, end = read_length(buffer, position)
    if not end:
        raise ProtocolError("the broker sent a message property that is cut short")
    return end


def read_sized(buffer: bytes, position: int) -> tuple[bytes, int]:
    """Give content with two bytes of length before it, and where it ends. Raises ProtocolError."""
    begin = position + 2
    end = begin + int.from_bytes(buffer[position:begin], "big")
    if end > len(buffer):
        raise ProtocolError("the broker sent a message property that is cut short")
    return buffer[begin:end], end


def acknowledgements(mids: list[int]) -> bytes:
    """Write PUBACK packets for these packet identifiers, in their order."""
    packets = np.empty(len(mids), dtype=ACKNOWLEDGEMENT)
    packets["head"] = PUBACK_HEAD
    packets["mid"] = mids
    return packets.tobytes()
