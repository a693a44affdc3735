"""Seeed SenseCAP S210x: blocks of channel, what it is and a little-endian value, closed by a checksum."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame
from sensors.rejection import DecodeError, Reason

CHECKSUM_BYTES = 2
BLOCK_BYTES = 7
BATTERY_ID = 7
THOUSANDTH = 1000
QUANTITIES = {
    0x1001: ("temperature", "Cel"),
    0x1002: ("relative_humidity", "%"),
    0x1003: ("illuminance", "lx"),
    0x1004: ("co2", "[ppm]"),
    0x1005: ("air_pressure", "Pa"),
}


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the values that are quantities of ours; versions, intervals and sensor numbers give nothing."""
    if (len(data) - CHECKSUM_BYTES) % BLOCK_BYTES or len(data) <= CHECKSUM_BYTES:
        raise DecodeError(Reason.INVALID_BINARY, f"{len(data)} B")
    frame, items = Frame(data, "little"), list[Item]()
    while frame.n_left > CHECKSUM_BYTES:
        frame.take(1)  # channel of the plug
        kind, value = frame.unsigned(2), Frame(frame.take(4), "little")
        if kind in QUANTITIES:
            quantity, unit = QUANTITIES[kind]
            items.append(Item("", quantity, unit, value.signed(4) / THOUSANDTH))
        elif kind == BATTERY_ID:
            items.append(Item("", "battery_level", "%", value.unsigned(2)))
    return items


MODEL = DeviceModel(
    "sensecaps2103-co2-temp-humid", "sensecap", decode, ("sensecaps2101-temp-humid", "sensecaps2102-light", "s2103")
)
