"""Netvox R719A, a parking sensor mounted on the ground."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port

REPORT, CONFIGURATION = 6, 7
VERSION, DEVICE_TYPE = 1, 0x59
STATUS = 1
VOLTAGE_BITS = 0x7F  # the highest bit is the low-battery flag


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give occupancy and battery voltage of a status report; version and configuration reports give nothing."""
    if f_port == CONFIGURATION:
        return []
    if f_port != REPORT:
        raise refuse_port(f_port)
    frame = Frame(data)
    frame.expect(VERSION, "version")
    frame.expect(DEVICE_TYPE, "device type")
    if frame.unsigned(1) != STATUS:
        return []
    voltage = (frame.unsigned(1) & VOLTAGE_BITS) / 10
    return [Item("", "battery_voltage", "V", voltage), Item("", "occupancy", None, frame.unsigned(1))]


MODEL = DeviceModel("r719a", "netvox", decode)
