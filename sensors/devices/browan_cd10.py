"""Browan MerryIoT CD10: CO2, temperature and humidity of a room."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port

PORT = 127
VOLTAGE_BITS, LOWEST_V = 0x0F, 2.1
HUMIDITY_BITS = 0x7F


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give battery voltage, temperature, humidity and CO2."""
    if f_port != PORT:
        raise refuse_port(f_port)
    frame = Frame(data, "little")
    frame.take(1)  # button, threshold and calibration flags
    voltage = LOWEST_V + (frame.unsigned(1) & VOLTAGE_BITS) / 10
    temperature = frame.signed(2) / 10
    humidity = frame.unsigned(1) & HUMIDITY_BITS
    return [
        Item("", "battery_voltage", "V", voltage),
        Item("", "temperature", "Cel", temperature),
        Item("", "relative_humidity", "%", humidity),
        Item("", "co2", "[ppm]", frame.unsigned(2)),
    ]


MODEL = DeviceModel("cd10", "browan", decode)
