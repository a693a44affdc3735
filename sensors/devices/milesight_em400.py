"""Milesight EM400-TLD, -UDL and -MUD: distance by laser or ultrasound, mostly in the lid of a bin."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame
from sensors.milesight import BATTERY, Reader, Table, read_pairs, signed, unsigned


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give distance, temperature, battery and whether it stands tilted."""
    return read_pairs(data, TABLE)


def _position(frame: Frame) -> list[Item]:
    return [Item("", "container_state", None, "dropped" if frame.unsigned(1) else "ok")]


def _with_alarm(reader: Reader) -> Reader:
    """Read a value that its alarm byte follows: the threshold is the device's, the value is what counts."""

    def read(frame: Frame) -> list[Item]:
        items = reader(frame)
        frame.take(1)
        return items

    return read


_TEMPERATURE = signed("container_temperature", "Cel", 2, 10)
_DISTANCE = unsigned("distance", "mm", 2)

TABLE: Table = {
    **BATTERY,
    (0x03, 0x67): _TEMPERATURE,
    (0x04, 0x82): _DISTANCE,
    (0x05, 0x00): _position,
    (0x83, 0x67): _with_alarm(_TEMPERATURE),
    (0x84, 0x82): _with_alarm(_DISTANCE),
}
MODEL = DeviceModel("em400-tld", "milesight-iot", decode, ("em400-udl", "em400-mud"))
