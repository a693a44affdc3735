"""Nwave Smart Parking Sensor G4: the highest bit tells whether the bay is taken."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port

STATUS = 1
OCCUPIED = 0x80


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the occupancy of a status frame; how long the state before lasted is not taken. Other ports are refused."""
    if f_port != STATUS:
        raise refuse_port(f_port)
    return [Item("", "occupancy", None, int(bool(Frame(data).unsigned(1) & OCCUPIED)))]


MODEL = DeviceModel("nps405fm", "nwave", decode)
