"""A ThingsBoard gateway's word that devices came or went. See docs/reference/formats/presence.md."""

import msgspec

from sensors.foreign_name import external_id
from sensors.presence import PresenceFormat, Statement
from sensors.rejection import DecodeError, Reason, shown
from sensors.stateful import Presence

_PRESENCE: dict[str, Presence] = {"v1/gateway/connect": "online", "v1/gateway/disconnect": "offline"}


class _Document(msgspec.Struct):
    device: str


def read(topic: str, payload: bytes) -> Statement:
    """Read `{"device": name}`; the device's profile beside it is left aside."""
    if topic not in _PRESENCE:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    try:
        return Statement(external_id(msgspec.json.decode(payload, type=_Document).device), _PRESENCE[topic])
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error


STATEFUL_FORMAT = PresenceFormat("thingsboard_connect", tuple(_PRESENCE), read)
