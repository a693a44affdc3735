"""Milesight WS201: how full a small container still is, by a laser in its lid."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.milesight import BATTERY, Table, read_pairs, unsigned


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give distance, what remains in the container, and battery."""
    return read_pairs(data, TABLE)


TABLE: Table = {**BATTERY, (0x03, 0x82): unsigned("distance", "mm", 2), (0x04, 0xD6): unsigned("fill_level", "%", 1)}
MODEL = DeviceModel("ws201", "milesight-iot", decode)
