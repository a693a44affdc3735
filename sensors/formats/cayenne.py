"""Cayenne LPP frames published as they are. Described in docs/reference/formats/cayenne.md."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sensors.cayenne import Value, read_frame
from sensors.decoded import Fields, Target
from sensors.foreign_name import external_id
from sensors.json_text import MAX_PAYLOAD_BYTES
from sensors.measurement import Uplink
from sensors.plausible import RawColumn, check_columns
from sensors.rejection import DecodeError, Reason, shown

AXES = ("x", "y", "z")

# What a type measures wherever it is used, None where it is no measurement; the others do not say what they measure
TARGETS: Mapping[str, Target | None] = {
    "illuminance": Target("illuminance", "lx"),
    "presence": Target("presence"),
    "temperature": Target("temperature", "Cel"),
    "humidity": Target("relative_humidity", "%"),
    "accelerometer": Target("acceleration", "[g]"),
    "barometer": Target("air_pressure", "hPa"),
    "voltage": Target("voltage", "V"),
    "current": Target("current", "A"),
    "frequency": Target("frequency", "Hz"),
    "power": Target("active_power", "W"),
    "distance": Target("distance", "m"),
    "energy": Target("active_energy", "kW.h"),
    "altitude": None,
    "unix_time": None,
    "color": None,
    "gps_location": None,
}


@dataclass(frozen=True, slots=True)
class CayenneFormat:
    """The registry's entry for Cayenne LPP.

    `fields` says what a channel of one kind of device measures, by type and channel: `{"analog_input_3": ...}`.
    """

    fields: Fields = field(default_factory=dict)
    name: str = "cayenne"
    version: str = "cayenne/1"
    topic_filter: str = "cayenne/+/up"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the frame's uplink, none where it says only where the device is. Raises DecodeError only."""
        device = _read_device(topic)
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
        raws = [raw for value in read_frame(payload) for raw in self._read_value(value, received_at_us)]
        columns, rejected = check_columns(raws, received_at_us)
        if not columns and not rejected:
            return ()
        return (Uplink(device, columns, rejected, clock="arrival"),)

    def _read_value(self, value: Value, at_us: int) -> Iterator[RawColumn]:
        name = f"{value.kind.name}_{value.channel}"
        usual = TARGETS.get(value.kind.name, Target(value.kind.name))
        target = self.fields.get(name, usual)
        if target is None:
            return
        channel = target.channel or str(value.channel)
        for index, number in enumerate(value.numbers):
            own = channel if len(value.numbers) == 1 else f"{channel}.{AXES[index]}"
            yield RawColumn(own, target.quantity, target.unit, [at_us], [number])


def _read_device(topic: str) -> str:
    levels = topic.split("/")
    if len(levels) < 3 or levels[-1] != "up":
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    return external_id(levels[-2])


FORMAT = CayenneFormat()
