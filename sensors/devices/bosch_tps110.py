"""Bosch Parking Lot Sensor TPS110 (and TPS113): one bit tells whether the bay is taken."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port

STATUS, HEARTBEAT, STARTUP = 1, 2, 3
STARTUP_BYTES = 17


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the occupancy; the heartbeat adds the temperature inside the sensor."""
    frame = Frame(data)
    if f_port == STATUS:
        return [_occupancy(frame)]
    if f_port == HEARTBEAT:
        return [_occupancy(frame), Item("", "device_temperature", "Cel", frame.signed(1))]
    if f_port == STARTUP:
        frame.take(STARTUP_BYTES - 1)  # debug codes, firmware version, cause of the reset
        return [_occupancy(frame)]
    raise refuse_port(f_port)


def _occupancy(frame: Frame) -> Item:
    return Item("", "occupancy", None, frame.unsigned(1) & 1)


MODEL = DeviceModel("tps110", "bosch", decode, ("tps113",))
