"""ChirpStack v4 with `json=false`. Described in docs/reference/formats/chirpstack.md.

Field numbers are those of ChirpStack's published definitions (integration.proto, gw.proto, v4) and of protobuf's
well-known types Timestamp and Struct.
"""

from datetime import timedelta
from typing import Any

import msgspec

from sensors.chirpstack import BAD_CRC, TOPIC_FILTER, Event, read_kind, to_heard, to_uplinks
from sensors.instant import EPOCH
from sensors.json_text import MAX_PAYLOAD_BYTES
from sensors.lorawan import Heard
from sensors.measurement import Uplink
from sensors.protobuf_wire import FieldRule, Message, MessageRule, as_signed, read_message
from sensors.rejection import DecodeError, Reason, shown


class ChirpStackProtobufFormat:
    """The registry's entry for ChirpStack's protobuf, on the same topics as its JSON: chosen by the source's rules."""

    name = "chirpstack_protobuf"
    version = "chirpstack_protobuf/1"
    topic_filter = TOPIC_FILTER

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the uplink of an event, none for kinds without measurements. Raises DecodeError only."""
        kind, _ = read_kind(topic)
        return to_uplinks(read_event(kind, payload), topic, received_at_us)

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """Give the uplink before its payload is read, None for other kinds of event. Raises DecodeError only."""
        kind, _ = read_kind(topic)
        return to_heard(read_event(kind, payload), topic) if kind == "up" else None


def read_event(kind: str, payload: bytes) -> Event:
    """Give the event as its JSON would say it. Raises DecodeError."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    message = read_message(payload, _RULES.get(kind, _OTHER))
    if "time" in message:
        message["time"] = _time_text(message["time"])
    if "object" in message:
        message["object"] = _read_struct(message["object"])
    for heard in message.get("rxInfo", ()):
        heard["crcStatus"] = BAD_CRC if heard.get("crcStatus") == _BAD_CRC_NUMBER else ""
        if "rssi" in heard:
            heard["rssi"] = as_signed(heard["rssi"], 32)
    try:
        return msgspec.convert(message, Event)
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error


def _time_text(timestamp: Message) -> str:
    """Write a Timestamp as RFC 3339; outside the calendar, as what it holds, for the reader of times to refuse."""
    seconds, nanos = timestamp.get("seconds", 0), timestamp.get("nanos", 0)
    try:
        return (EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)).isoformat()
    except OverflowError:
        return f"{seconds} s"


def _read_struct(struct: Message) -> dict[str, Any]:
    return {entry.get("key", ""): _read_any(entry.get("value", {})) for entry in struct.get("fields", ())}


def _read_any(value: Message) -> Any:
    if "struct" in value:
        return _read_struct(value["struct"])
    if "list" in value:
        return [_read_any(item) for item in value["list"].get("values", ())]
    return next((value[kind] for kind in ("number", "text", "flag") if kind in value), None)


_BAD_CRC_NUMBER = 1
_TIMESTAMP = MessageRule({1: FieldRule("seconds", "int"), 2: FieldRule("nanos", "int")})
_VALUE = MessageRule()
_ENTRY = MessageRule({1: FieldRule("key", "text"), 2: FieldRule("value", "message", fields=_VALUE)})
_STRUCT = MessageRule({1: FieldRule("fields", "message", True, _ENTRY)})
_LIST = MessageRule({1: FieldRule("values", "message", True, _VALUE)})
_VALUE.rules |= {
    2: FieldRule("number", "double"),
    3: FieldRule("text", "text"),
    4: FieldRule("flag", "bool"),
    5: FieldRule("struct", "message", fields=_STRUCT),
    6: FieldRule("list", "message", fields=_LIST),
}
_DEVICE = MessageRule({6: FieldRule("deviceProfileName", "text"), 8: FieldRule("devEui", "text")})
_RX = MessageRule(
    {
        1: FieldRule("gatewayId", "text"),
        6: FieldRule("rssi", "int"),
        7: FieldRule("snr", "float"),
        16: FieldRule("crcStatus", "uint"),
    }
)
_LORA = MessageRule({2: FieldRule("spreadingFactor", "uint")})
_MODULATION = MessageRule({3: FieldRule("lora", "message", fields=_LORA)})
_TX = MessageRule({2: FieldRule("modulation", "message", fields=_MODULATION)})
_COMMON = {
    1: FieldRule("deduplicationId", "text"),
    2: FieldRule("time", "message", fields=_TIMESTAMP),
    3: FieldRule("deviceInfo", "message", fields=_DEVICE),
}
_UP = MessageRule(
    {
        **_COMMON,
        4: FieldRule("devAddr", "text"),
        7: FieldRule("fCnt", "uint"),
        8: FieldRule("fPort", "uint"),
        10: FieldRule("data", "bytes"),
        11: FieldRule("object", "message", fields=_STRUCT),
        12: FieldRule("rxInfo", "message", True, _RX),
        13: FieldRule("txInfo", "message", fields=_TX),
        15: FieldRule("joinServerContext", "bytes"),
    }
)
_STATUS = MessageRule(
    {
        **_COMMON,
        6: FieldRule("externalPowerSource", "bool"),
        7: FieldRule("batteryLevelUnavailable", "bool"),
        8: FieldRule("batteryLevel", "float"),
    }
)
_LOG = MessageRule({1: _COMMON[2], 2: _COMMON[3]})  # a log event has no deduplicationId before them
_OTHER = MessageRule(_COMMON)
_RULES = {"up": _UP, "status": _STATUS, "log": _LOG}
FORMAT = ChirpStackProtobufFormat()
