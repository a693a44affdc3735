"""MClimate CO2 Sensor and Notifier."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame

PERIODIC = 1
SHIFT_TENTHS, LOWEST_MV, STEP_MV = 400, 1600, 8


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give CO2, temperature, humidity and battery voltage; answers to commands give nothing."""
    frame = Frame(data)
    if frame.unsigned(1) != PERIODIC:
        return []
    co2, temperature = frame.unsigned(2), (frame.unsigned(2) - SHIFT_TENTHS) / 10
    humidity, voltage = frame.unsigned(1) * 100 / 256, frame.unsigned(1) * STEP_MV + LOWEST_MV
    return [
        Item("", "co2", "[ppm]", co2),
        Item("", "temperature", "Cel", temperature),
        Item("", "relative_humidity", "%", humidity),
        Item("", "battery_voltage", "mV", voltage),
    ]


MODEL = DeviceModel("co2-sensor", "mclimate", decode)
