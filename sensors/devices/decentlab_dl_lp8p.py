"""Decentlab DL-LP8P: CO2, temperature, humidity and pressure."""

from sensors.decentlab import FULL_SCALE, read_groups
from sensors.decoded import Item
from sensors.devices import DeviceModel

CLIMATE, PRESSURE, CO2, BATTERY = 2, 2, 8, 1  # words of each sensor


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the sensors that are in the frame."""
    climate, pressure, co2, battery = read_groups(data, (CLIMATE, PRESSURE, CO2, BATTERY))
    items: list[Item] = []
    if climate is not None:  # the sensor's own scale (Sensirion SHT2x)
        items.append(Item("", "temperature", "Cel", 175.72 * climate[0] / 65536 - 46.85))
        items.append(Item("", "relative_humidity", "%", 125 * climate[1] / 65536 - 6))
    if pressure is not None:
        items.append(Item("barometer", "temperature", "Cel", (pressure[0] - 5000) / 100))
        items.append(Item("", "air_pressure", "Pa", pressure[1] * 2))
    if co2 is not None:
        items.append(Item("", "co2", "[ppm]", co2[0] - FULL_SCALE))
        items.append(Item("co2", "temperature", "Cel", (co2[2] - FULL_SCALE) / 100))
    if battery is not None:
        items.append(Item("", "battery_voltage", "mV", battery[0]))
    return items


MODEL = DeviceModel("dl-lp8p", "decentlab", decode)
