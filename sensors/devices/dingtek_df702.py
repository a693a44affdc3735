"""Dingtek DF702 and DF703: distance down to the waste, with alarms for full, fire and tipping over."""

from sensors.decoded import Item
from sensors.devices import DeviceModel
from sensors.frame import Frame, refuse_port
from sensors.rejection import DecodeError, Reason

PORT = 3
HEAD = 0x80
CONFIRMATION = 3
GPS_BYTES = 8


def decode(data: bytes, f_port: int) -> list[Item]:
    """Give distance, temperature, angle and the container's state; the answer to a command gives nothing.

    Of several alarms at once the gravest is the state: fire, then tipped over, then full.
    """
    if f_port != PORT:
        raise refuse_port(f_port)
    frame = Frame(data)
    frame.expect(HEAD, "head")
    frame.take(2)  # forced bit and device type
    kind = frame.unsigned(1)
    if frame.unsigned(1) != len(data):
        raise DecodeError(Reason.INVALID_BINARY, f"length: {len(data)} B")
    if kind == CONFIRMATION:
        return []
    distance = frame.unsigned(2)
    if frame.unsigned(1):
        frame.take(GPS_BYTES)
    temperature, is_negative, angle = frame.signed(1), frame.unsigned(1) & 0x0F, frame.unsigned(1)
    full_fire, tilt_battery = frame.unsigned(1), frame.unsigned(1)
    is_burning = bool(full_fire & 0x0F)
    return [
        Item("", "distance", "mm", distance),
        Item("", "container_temperature", "Cel", temperature),
        Item("", "tilt", "deg", -angle if is_negative else angle),
        Item("", "temperature_alarm", None, int(is_burning)),
        Item("", "container_state", None, _state(is_burning, bool(tilt_battery >> 4), bool(full_fire >> 4))),
    ]


def _state(is_burning: bool, is_tipped: bool, is_full: bool) -> str:
    if is_burning:
        return "burning"
    if is_tipped:
        return "dropped"
    return "full" if is_full else "ok"


MODEL = DeviceModel("df702", "dingtek", decode, ("df703",))
