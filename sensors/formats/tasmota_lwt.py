"""Tasmota's last will, `tele/<topic>/LWT`, retained `Online` or `Offline`. See docs/reference/formats/presence.md."""

from sensors.foreign_name import external_id
from sensors.presence import PresenceFormat, Statement, read_presence
from sensors.rejection import DecodeError, Reason, shown


def read(topic: str, payload: bytes) -> Statement:
    """Read the last will of the device that the topic names."""
    parts = topic.split("/")
    if len(parts) != 3 or parts[2] != "LWT" or not parts[1]:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    return Statement(external_id(parts[1]), read_presence(payload))


STATEFUL_FORMAT = PresenceFormat("tasmota_lwt", ("tele/+/LWT",), read)
