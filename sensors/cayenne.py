"""Cayenne Low Power Payload: a frame of `[channel][type][value]`, values big-endian, becomes numbers.

A type that is not known has no known length, so what follows it cannot be found: the whole frame is refused.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sensors.frame import Frame
from sensors.rejection import DecodeError, Reason


class Kind(NamedTuple):
    """A type of value: `parts` gives for each number its bytes, whether it has a sign, and its divisor."""

    name: str
    parts: tuple[tuple[int, bool, int], ...]


class Value(NamedTuple):
    """One value of a frame: three numbers for an acceleration, a position, a colour; one for all others."""

    channel: int
    kind: Kind
    numbers: tuple[float, ...]


def read_frame(frame: bytes) -> list[Value]:
    """Give the values of a frame. Raises DecodeError (no_value, invalid_binary)."""
    if not frame:
        raise DecodeError(Reason.NO_VALUE)
    reader = Frame(frame)
    values: list[Value] = []
    while reader.n_left:
        channel, number = reader.unsigned(1), reader.unsigned(1)
        kind = KINDS.get(number)
        if kind is None:
            raise DecodeError(Reason.INVALID_BINARY, f"type {number}, byte {reader.position - 1}")
        values.append(Value(channel, kind, tuple(_read_number(reader, *part) for part in kind.parts)))
    return values


def _read_number(reader: Frame, n_bytes: int, has_sign: bool, divisor: int) -> float:
    raw = reader.signed(n_bytes) if has_sign else reader.unsigned(n_bytes)
    return raw / divisor


def _one(name: str, n_bytes: int, divisor: int = 1, *, signed: bool = False) -> Kind:
    return Kind(name, ((n_bytes, signed, divisor),))


# By the number on the wire; names are those of the types, not of quantities
KINDS: Mapping[int, Kind] = {
    0: _one("digital_input", 1),
    1: _one("digital_output", 1),
    2: _one("analog_input", 2, 100, signed=True),
    3: _one("analog_output", 2, 100, signed=True),
    100: _one("generic_sensor", 4),
    101: _one("illuminance", 2),
    102: _one("presence", 1),
    103: _one("temperature", 2, 10, signed=True),
    104: _one("humidity", 1, 2),
    113: Kind("accelerometer", ((2, True, 1000),) * 3),
    115: _one("barometer", 2, 10),
    116: _one("voltage", 2, 100),
    117: _one("current", 2, 1000),
    118: _one("frequency", 4),
    120: _one("percentage", 1),
    121: _one("altitude", 2, signed=True),
    125: _one("concentration", 2),
    128: _one("power", 2),
    130: _one("distance", 4, 1000),
    131: _one("energy", 4, 1000),
    132: _one("direction", 2),
    133: _one("unix_time", 4),
    134: Kind("gyrometer", ((2, True, 100),) * 3),
    135: Kind("color", ((1, False, 1),) * 3),
    136: Kind("gps_location", ((3, True, 10000), (3, True, 10000), (3, True, 100))),
    142: _one("switch", 1),
}
