"""Talkpool OY1210: CO2, temperature and humidity of a room."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port
from sensors.rejection import DecodeError, Reason

PORT, GROUP_BYTES = 2, 5
TEMPERATURE_SHIFT, HUMIDITY_SHIFT = 800, 250


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give the three values of a frame of one group; groups of earlier times carry no instant and are refused."""
    if f_port != PORT:
        raise refuse_port(f_port)
    if len(data) != GROUP_BYTES:
        raise DecodeError(Reason.INVALID_BINARY, f"{len(data)} B / {GROUP_BYTES} B")
    frame = Frame(data)
    temperature, humidity, lowest = frame.unsigned(1), frame.unsigned(1), frame.unsigned(1)
    return [
        Item("", "temperature", "Cel", ((temperature << 4 | lowest >> 4) - TEMPERATURE_SHIFT) / 10),
        Item("", "relative_humidity", "%", ((humidity << 4 | lowest & 0x0F) - HUMIDITY_SHIFT) / 10),
        Item("", "co2", "[ppm]", frame.unsigned(2)),
    ]


MODEL = DeviceModel("oy1210", "talkpool", decode)
