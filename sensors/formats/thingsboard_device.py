"""Telemetry of a device that speaks to ThingsBoard itself. Described in docs/reference/formats/thingsboard.md."""

from dataclasses import dataclass
from typing import Any

import msgspec

from sensors.foreign_name import external_id
from sensors.json_text import read_json
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason, shown
from sensors.thingsboard import read_telemetry

ROOT, KIND = ("v1", "devices"), "telemetry"
UNNAMED = "me"
N_LEVELS = 4


@dataclass(frozen=True, slots=True)
class ThingsboardDeviceFormat:
    """The registry's entry for ThingsBoard's device topics.

    `device` is the external id of the one whose topics name it `me`: ThingsBoard knows it by its credentials, which no
    message carries.
    """

    device: str | None = None
    name: str = "thingsboard_device"
    version: str = "thingsboard_device/1"
    topic_filter: str = "v1/devices/+/telemetry"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the device's uplink, none for an empty object. Raises DecodeError only."""
        device = self._find_device(topic)
        uplink = read_telemetry(device, read_json(payload, _DECODER), received_at_us)
        return () if uplink is None else (uplink,)

    def _find_device(self, topic: str) -> str:
        levels = topic.split("/")
        if len(levels) != N_LEVELS or tuple(levels[:2]) != ROOT or levels[3] != KIND:
            raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
        device = self.device if levels[2] == UNNAMED else external_id(levels[2])
        if device is None:
            raise DecodeError(Reason.UNKNOWN_TOPIC, f"{topic}: ?")
        return device


_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()  # Any: one object or a list, judged entry by entry
FORMAT = ThingsboardDeviceFormat()
