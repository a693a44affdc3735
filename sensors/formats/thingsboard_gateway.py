"""A ThingsBoard gateway's telemetry of many devices. Described in docs/reference/formats/thingsboard.md."""

from typing import Any

import msgspec

from sensors.foreign_name import external_id
from sensors.json_text import read_json
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason, shown
from sensors.thingsboard import read_telemetry

ROOT = "v1/gateway/"
TELEMETRY = f"{ROOT}telemetry"


class ThingsboardGatewayFormat:
    """The registry's entry for ThingsBoard's gateway topics."""

    name = "thingsboard_gateway"
    version = "thingsboard_gateway/1"
    topic_filter = TELEMETRY

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give an uplink for each device, none for the gateway's other messages. Raises DecodeError only."""
        if topic != TELEMETRY:
            if topic.startswith(ROOT):
                return ()
            raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
        found = read_json(payload, _DECODER)
        uplinks = [read_telemetry(external_id(name), telemetry, received_at_us) for name, telemetry in found.items()]
        return tuple(uplink for uplink in uplinks if uplink is not None)


_DECODER = msgspec.json.Decoder(dict[str, Any])  # Any: each device's telemetry is judged by itself
FORMAT = ThingsboardGatewayFormat()
