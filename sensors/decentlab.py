"""The frame of Decentlab's LoRaWAN devices: version 2, device number, which sensors follow, then big-endian words."""

from sensors.frame import Frame
from sensors.rejection import DecodeError, Reason

PROTOCOL = 2
FULL_SCALE = 32768


def read_groups(data: bytes, sizes: tuple[int, ...]) -> list[tuple[int, ...] | None]:
    """Give the unsigned 16-bit words of each sensor, None for one that is not in this frame.

    `sizes` counts each sensor's words in the order of their flags. Raises DecodeError (invalid_binary).
    """
    frame = Frame(data)
    frame.expect(PROTOCOL, "protocol")
    frame.take(2)
    flags = frame.unsigned(2)
    if flags >> len(sizes):
        raise DecodeError(Reason.INVALID_BINARY, f"sensors: {flags:b}")
    groups = [
        tuple(frame.unsigned(2) for _ in range(size)) if flags >> index & 1 else None
        for index, size in enumerate(sizes)
    ]
    if frame.n_left:
        raise DecodeError(Reason.INVALID_BINARY, f"{frame.n_left} B too many")
    return groups
