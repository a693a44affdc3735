"""Decentlab DL-LID: distance by laser, for levels of bins, rivers and snow."""

from sensors.decentlab import read_groups
from sensors.decoded import Item
from sensors.devices import DeviceModel

DISTANCES, BATTERY = 11, 1  # words of each sensor
MEDIAN = 3


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the median distance of the burst and the battery voltage; the burst's other statistics are not taken."""
    distances, battery = read_groups(data, (DISTANCES, BATTERY))
    items: list[Item] = []
    if distances is not None:
        items.append(Item("", "distance", "mm", distances[MEDIAN]))
    if battery is not None:
        items.append(Item("", "battery_voltage", "mV", battery[0]))
    return items


MODEL = DeviceModel("dl-lid", "decentlab", decode)
