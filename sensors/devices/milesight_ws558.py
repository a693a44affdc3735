"""Milesight WS558, a controller of eight lighting circuits with its own electricity meter."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame
from sensors.milesight import Table, read_pairs, unsigned

N_CIRCUITS = 8


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give what the meter measures, and for each circuit (channels L1 to L8) whether it is on."""
    return read_pairs(data, TABLE)


def _circuits(frame: Frame) -> list[Item]:
    """Read two bytes of one bit per circuit: which changed, and which are on."""
    frame.take(1)
    states = frame.unsigned(1)
    return [Item(f"L{index + 1}", "lamp_on", None, states >> index & 1) for index in range(N_CIRCUITS)]


TABLE: Table = {
    (0x03, 0x74): unsigned("voltage", "V", 2, 10),
    (0x04, 0x80): unsigned("active_power", "W", 4),
    (0x05, 0x81): unsigned("power_factor", "%", 1),
    (0x06, 0x83): unsigned("active_energy", "W.h", 4),
    (0x07, 0xC9): unsigned("current", "mA", 2),
    (0x08, 0x31): _circuits,
}
MODEL = DeviceModel("ws558", "milesight-iot", decode)
