"""ELSYS ERS, ELT and EMS: one frame for all, a type byte before each big-endian value."""

from collections.abc import Callable, Mapping

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame
from sensors.rejection import DecodeError, Reason

OCCUPIED = 2  # 1 is on the way in or out


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give every value that is a quantity of ours; the port is free to choose. An unknown type ends in a refusal."""
    frame, items = Frame(data), list[Item]()
    while frame.n_left:
        kind = frame.unsigned(1)
        if kind in READERS:
            items.append(READERS[kind](frame))
        elif kind in SKIPPED_BYTES:
            frame.take(SKIPPED_BYTES[kind])
        elif kind == SETTINGS:
            frame.take(frame.n_left)
        else:
            raise DecodeError(Reason.INVALID_BINARY, f"byte {frame.position - 1}: type {kind:02x}")
    return items


def _sound(frame: Frame) -> Item:
    frame.take(1)  # peak; the mean follows
    return Item("", "sound_level", "dB", frame.unsigned(1))


READERS: Mapping[int, Callable[[Frame], Item]] = {
    0x01: lambda frame: Item("", "temperature", "Cel", frame.signed(2) / 10),
    0x02: lambda frame: Item("", "relative_humidity", "%", frame.unsigned(1)),
    0x04: lambda frame: Item("", "illuminance", "lx", frame.unsigned(2)),
    0x05: lambda frame: Item("", "presence", None, int(frame.unsigned(1) > 0)),  # movements since the last uplink
    0x06: lambda frame: Item("", "co2", "[ppm]", frame.unsigned(2)),
    0x07: lambda frame: Item("", "battery_voltage", "mV", frame.unsigned(2)),
    0x0B: lambda frame: Item("1", "pulse_count", None, frame.unsigned(4)),
    0x0C: lambda frame: Item("external1", "temperature", "Cel", frame.signed(2) / 10),
    0x0E: lambda frame: Item("", "distance", "mm", frame.unsigned(2)),
    0x11: lambda frame: Item("pir", "presence", None, int(frame.unsigned(1) == OCCUPIED)),
    0x12: lambda frame: Item("", "leak", None, int(frame.unsigned(1) > 0)),
    0x14: lambda frame: Item("", "air_pressure", "hPa", frame.unsigned(4) / 1000),
    0x15: _sound,
    0x17: lambda frame: Item("2", "pulse_count", None, frame.unsigned(4)),
    0x19: lambda frame: Item("external2", "temperature", "Cel", frame.signed(2) / 10),
    0x1C: lambda frame: Item("", "voc", "[ppb]", frame.unsigned(2)),
}
# Acceleration, analogue inputs, place, pulses since the last uplink, digital inputs, vibrations, infrared pictures
SKIPPED_BYTES = {
    0x03: 3,
    0x08: 2,
    0x09: 6,
    0x0A: 2,
    0x0D: 1,
    0x0F: 1,
    0x10: 4,
    0x13: 65,
    0x16: 2,
    0x18: 2,
    0x1A: 1,
    0x1B: 4,
    0x3D: 4,
}
SETTINGS = 0x3E
MODEL = DeviceModel("ers-co2", "elsys", decode, ("ers", "ers-lite", "ers-eye", "ers-sound", "elt-ultrasonic", "elt-2"))
