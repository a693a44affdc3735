"""Nwave Smart Car Counter G4: counts the vehicles that pass over it."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port

COUNTER, HEARTBEAT, STARTUP = 1, 2, 3
LOWEST_V, STEP_V = 2.5, 0.004


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the counter (it starts again from 0 after 65,535), or the battery voltage of a heartbeat."""
    frame = Frame(data)
    if f_port == COUNTER:
        return [Item("", "vehicle_count", None, frame.unsigned(2))]
    if f_port == HEARTBEAT:
        frame.take(1)  # health of the hardware
        return [Item("", "battery_voltage", "V", LOWEST_V + STEP_V * frame.unsigned(1))]
    if f_port == STARTUP:
        return []
    raise refuse_port(f_port)


MODEL = DeviceModel("ncc405fm", "nwave", decode)
