"""Adeunis TIC CBE/Linky: the data frame of an interface to French electricity meters, after its head."""

from sensors.decoded import Item
from sensors.frame import Frame
from sensors.rejection import DecodeError, Reason

DATA = 0x49
FRAME_BYTES = 50
ADDRESS_BYTES = 12
NOT_FOUND = 0x80000000  # what stands for a label that the meter does not have


def open_data(data: bytes) -> Frame | None:
    """Give the frame after status and meter's address, None where it is one of settings or keep-alive.

    Raises DecodeError (invalid_binary) where it is cut short.
    """
    frame = Frame(data)
    if frame.unsigned(1) != DATA:
        return None
    if len(data) != FRAME_BYTES:
        raise DecodeError(Reason.INVALID_BINARY, f"{len(data)} B / {FRAME_BYTES} B")
    frame.take(1 + ADDRESS_BYTES)
    return frame


def found(items: list[Item]) -> list[Item]:
    """Leave out the labels that the meter does not have."""
    return [item for item in items if item.value != NOT_FOUND]
