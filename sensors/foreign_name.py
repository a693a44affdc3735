"""Names from foreign systems, made fit for an external id or a channel: any other character becomes `_`."""

import re

from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import is_device_id

_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_.:-]")
_NOT_IN_CHANNEL = re.compile(r"[^A-Za-z0-9_.-]")
LONGEST_CHANNEL = 64


def external_id(text: str) -> str:
    """Give the external id for a foreign name. Raises DecodeError (wrong_shape) for an empty or overlong one.

    >>> external_id("Raspberry Pi/3")
    'Raspberry_Pi_3'
    """
    found = _NOT_IN_ID.sub("_", text)
    if not is_device_id(found):
        raise DecodeError(Reason.WRONG_SHAPE, f"id: {shown(text)!r}")
    return found


def channel_name(*folders: str) -> str:
    """Give the channel for the folders before a quantity, joined by points, cut to 64 characters.

    >>> channel_name("Floor 1", "AHU")
    'Floor_1.AHU'
    """
    return _NOT_IN_CHANNEL.sub("_", ".".join(folders))[:LONGEST_CHANNEL]
