"""Names on the wire: what a territory, a device and a channel may be called, and the MQTT topics made of them."""

import re
from functools import lru_cache
from typing import NamedTuple

from sensors.rejection import DecodeError, Reason, shown

ROOT = "vigie"
UPLINK_FILTER = f"{ROOT}/+/+/up"

TERRITORY_PATTERN = "[a-z0-9-]{1,63}"
DEVICE_PATTERN = "[A-Za-z0-9_.:-]{1,128}"
CHANNEL_PATTERN = "[A-Za-z0-9_.-]{1,64}"

_UPLINK = re.compile(f"{ROOT}/({TERRITORY_PATTERN})/({DEVICE_PATTERN})/up")
_DEVICE = re.compile(DEVICE_PATTERN)
_LONGEST_TOPIC = 300  # longer than any valid one; keeps foreign topics from filling the memory of the cache


class Address(NamedTuple):
    """Whom an uplink topic speaks of: the territory's slug and the device's external id."""

    territory: str
    device: str


def uplink_topic(territory: str, device: str) -> str:
    """Give the topic on which this device publishes in the native format."""
    return f"{ROOT}/{territory}/{device}/up"


def read_uplink_topic(topic: str) -> Address:
    """Give the territory and device of an uplink topic. Raises DecodeError (unknown_topic)."""
    return _read(topic[:_LONGEST_TOPIC])


def is_device_id(text: str) -> bool:
    """Say whether this may be the external id of a device or gateway."""
    return _DEVICE.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def _read(topic: str) -> Address:
    match = _UPLINK.fullmatch(topic)
    if match is None:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    return Address(match[1], match[2])
