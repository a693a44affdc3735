"""The frame of Milesight's LoRaWAN devices: channel, type and little-endian value, again and again.

How long a value is depends on channel and type together, so a pair that the model's table does not name ends the
reading, and the frame is refused. Pairs on channel 0xff tell of versions and settings.
"""

from collections.abc import Callable, Mapping

from sensors.decoded import Item
from sensors.frame import Frame
from sensors.rejection import DecodeError, Reason

# (channel, type) -> reads the value
Reader = Callable[[Frame], list[Item]]
Table = Mapping[tuple[int, int], Reader]


def read_pairs(data: bytes, table: Table) -> list[Item]:
    """Give every value of the frame. Raises DecodeError (invalid_binary)."""
    frame, items = Frame(data, "little"), list[Item]()
    while frame.n_left:
        pair = frame.unsigned(1), frame.unsigned(1)
        reader = table.get(pair)
        if reader is not None:
            items += reader(frame)
        elif pair in _INFORMATION:
            frame.take(_INFORMATION[pair])
        else:
            raise DecodeError(Reason.INVALID_BINARY, f"channel {pair[0]:02x}, type {pair[1]:02x}")
    return items


def unsigned(quantity: str, unit: str | None, n_bytes: int, divisor: int = 1) -> Reader:
    """Give the reader of an unsigned number, to be divided."""
    return lambda frame: [Item("", quantity, unit, frame.unsigned(n_bytes) / divisor)]


def signed(quantity: str, unit: str | None, n_bytes: int, divisor: int = 1) -> Reader:
    """Give the reader of a signed number, to be divided."""
    return lambda frame: [Item("", quantity, unit, frame.signed(n_bytes) / divisor)]


def skipped(n_bytes: int) -> Reader:
    """Give the reader of a value that is no quantity of ours."""

    def skip(frame: Frame) -> list[Item]:
        frame.take(n_bytes)
        return []

    return skip


BATTERY: Table = {(0x01, 0x75): unsigned("battery_level", "%", 1)}

# Lengths [bytes] of: protocol, hardware and software version, power on, class, serial number, reset, product
_INFORMATION = {
    (0xFF, 0x01): 1,
    (0xFF, 0x09): 2,
    (0xFF, 0x0A): 2,
    (0xFF, 0x0B): 1,
    (0xFF, 0x0F): 1,
    (0xFF, 0x16): 8,
    (0xFF, 0xFE): 1,
    (0xFF, 0xFF): 2,
}
