"""Zigbee2MQTT's availability topics and the state of its bridge. See docs/reference/formats/presence.md."""

from sensors.foreign_name import external_id
from sensors.presence import PresenceFormat, Statement, read_presence
from sensors.rejection import DecodeError, Reason, shown

_AVAILABILITY = "availability"


def read(topic: str, payload: bytes) -> Statement:
    """Read `<base>/<friendly name>/availability`, where names may hold `/`, or `<base>/bridge/state`."""
    base, *name = topic.split("/")
    if name == ["bridge", "state"] and base:
        return Statement(external_id(base), read_presence(payload))
    if len(name) < 2 or name[-1] != _AVAILABILITY or not base:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    return Statement(external_id("/".join(name[:-1])), read_presence(payload), external_id(base))


STATEFUL_FORMAT = PresenceFormat(
    "zigbee2mqtt_availability",
    ("zigbee2mqtt/bridge/state", "zigbee2mqtt/+/availability", "zigbee2mqtt/+/+/availability"),
    read,
)
