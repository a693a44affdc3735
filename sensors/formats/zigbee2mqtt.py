"""Zigbee2MQTT's messages of devices. Described in docs/reference/formats/zigbee2mqtt.md."""

from typing import Any

import msgspec

from sensors.foreign_name import external_id
from sensors.instant import read_instant_us
from sensors.json_text import read_json
from sensors.measurement import Uplink
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.rejection import DecodeError, Reason, shown
from sensors.zigbee2mqtt import read_properties

BRIDGE = "bridge"
NOT_A_NAME = frozenset({"availability", "set", "get"})
MILLISECOND_US = 1000


class Zigbee2MqttFormat:
    """The registry's entry for Zigbee2MQTT."""

    name = "zigbee2mqtt"
    version = "zigbee2mqtt/1"
    topic_filter = "zigbee2mqtt/#"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the device's uplink, none where the message carries no measurement. Raises DecodeError only."""
        names = _read_topic(topic)
        if names is None:
            return ()
        bridge, device = names
        document = read_json(payload, _DECODER)
        at_us = _read_time(document.get("last_seen"))
        times = [received_at_us if at_us is None else at_us]
        raws = [RawColumn(i.channel, i.quantity, i.unit, times, [i.value]) for i in read_properties(document)]
        columns, rejected = check_columns(raws, received_at_us)
        if not columns and not rejected:
            return ()
        return (Uplink(device, columns, rejected, None, "arrival" if at_us is None else "device", None, bridge),)


def _read_topic(topic: str) -> tuple[str, str] | None:
    """Give bridge and device, None for what is not a device's message."""
    base, *name = topic.split("/")
    if not base or not name:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    if name[0] == BRIDGE or not NOT_A_NAME.isdisjoint(name[1:]):
        return None
    return external_id(base), external_id("/".join(name))


def _read_time(written: object) -> int | Refusal | None:
    """Read `last_seen`: ISO 8601 with offset, or milliseconds since 1970, as the bridge is set."""
    if written is None:
        return None
    try:
        if isinstance(written, int) and not isinstance(written, bool):
            return written * MILLISECOND_US
        return read_instant_us(written)
    except DecodeError as error:
        return Refusal(error.reason, error.detail)


_DECODER = msgspec.json.Decoder(dict[str, Any])  # Any: the properties are those of the device's model
FORMAT = Zigbee2MqttFormat()
