"""Milesight AM300 series (AM307, AM308, AM319): air of a room, particles included."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame
from sensors.milesight import BATTERY, Table, read_pairs, signed, skipped, unsigned


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give temperature, humidity, presence, CO2, pressure, particles and battery.

    Not taken: the light level (0 to 5), volatile compounds (an index or a concentration, by the device's settings),
    formaldehyde, ozone and the buzzer.
    """
    return read_pairs(data, TABLE)


def _presence(frame: Frame) -> list[Item]:
    return [Item("", "presence", None, int(frame.unsigned(1) > 0))]


TABLE: Table = {
    **BATTERY,
    (0x03, 0x67): signed("temperature", "Cel", 2, 10),
    (0x04, 0x68): unsigned("relative_humidity", "%", 1, 2),
    (0x05, 0x00): _presence,
    (0x06, 0xCB): skipped(1),
    (0x07, 0x7D): unsigned("co2", "[ppm]", 2),
    (0x08, 0x7D): skipped(2),
    (0x08, 0xE6): skipped(2),
    (0x09, 0x73): unsigned("air_pressure", "hPa", 2, 10),
    (0x0A, 0x7D): skipped(2),
    (0x0B, 0x7D): unsigned("pm2_5", "ug/m3", 2),
    (0x0C, 0x7D): unsigned("pm10", "ug/m3", 2),
    (0x0D, 0x7D): skipped(2),
    (0x0E, 0x01): skipped(1),
}
MODEL = DeviceModel("am319", "milesight-iot", decode, ("am307", "am308"))
