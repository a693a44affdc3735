"""Tekzitel TEKZIPARK, a parking sensor with magnetometer and radar."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port

PORT = 1
OCCUPIED = 0x80


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give occupancy and temperature; the bay's number and the beacons nearby are no measurements."""
    if f_port != PORT:
        raise refuse_port(f_port)
    frame = Frame(data)
    flags, temperature = frame.unsigned(1), frame.signed(1)
    frame.take(1)  # number of the bay
    return [
        Item("", "occupancy", None, int(bool(flags & OCCUPIED))),
        Item("", "device_temperature", "Cel", temperature),
    ]


MODEL = DeviceModel("tekzipark", "tekzitel", decode)
