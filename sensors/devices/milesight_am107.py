"""Milesight AM107 and AM104: air of a room."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame
from sensors.milesight import BATTERY, Table, read_pairs, signed, skipped, unsigned


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give temperature, humidity, CO2, volatile compounds, pressure, light and battery.

    The strength of movement (a number without unit) and the infrared shares of light are no quantities of ours.
    """
    return read_pairs(data, TABLE)


def _light(frame: Frame) -> list[Item]:
    illuminance = frame.unsigned(2)
    frame.take(4)
    return [Item("", "illuminance", "lx", illuminance)]


TABLE: Table = {
    **BATTERY,
    (0x03, 0x67): signed("temperature", "Cel", 2, 10),
    (0x04, 0x68): unsigned("relative_humidity", "%", 1, 2),
    (0x05, 0x6A): skipped(2),
    (0x06, 0x65): _light,
    (0x07, 0x7D): unsigned("co2", "[ppm]", 2),
    (0x08, 0x7D): unsigned("voc", "[ppb]", 2),
    (0x09, 0x73): unsigned("air_pressure", "hPa", 2, 10),
}
MODEL = DeviceModel("am107", "milesight-iot", decode, ("am104",))
