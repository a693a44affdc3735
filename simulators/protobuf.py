"""The four kinds of protobuf fields that a Sparkplug payload needs, written by hand (protobuf encoding, proto2)."""

import struct

VARINT, FIXED64, LENGTH = 0, 1, 2


def field_varint(number: int, value: int) -> bytes:
    """Write an unsigned integer or boolean."""
    return varint(number << 3 | VARINT) + varint(value)


def field_double(number: int, value: float) -> bytes:
    """Write a double."""
    return varint(number << 3 | FIXED64) + struct.pack("<d", value)


def field_bytes(number: int, content: bytes) -> bytes:
    """Write text or a nested message."""
    return varint(number << 3 | LENGTH) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """Write seven bits a byte, least first, the eighth bit saying that more follows."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
