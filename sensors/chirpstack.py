"""ChirpStack v4: the events of its MQTT integration, the same for JSON and protobuf, and what they say.

Field names are those of the protobuf JSON mapping. What has its default value is left out on the wire, so an absent
`fCnt` is 0. An event of a kind that carries no measurement by its nature (join, ack, log ...) gives no uplink.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from sensors.instant import read_instant_us
from sensors.lorawan import Heard, Reception, to_uplink
from sensors.measurement import Clock, Uplink
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import is_device_id

TOPIC_FILTER = "application/+/device/+/event/+"
WITHOUT_VALUES = frozenset({"join", "ack", "txack", "log", "location", "integration"})
BAD_CRC = "BAD_CRC"


class _Camel(msgspec.Struct, frozen=True, rename="camel"):
    """A message of ChirpStack, of which the named fields are read."""


class DeviceInfo(_Camel, frozen=True):
    """Which device it is."""

    dev_eui: str
    device_profile_name: str = ""


class RxInfo(_Camel, frozen=True):
    """How one gateway heard it."""

    gateway_id: str = ""
    rssi: float | None = None
    snr: float = 0.0
    crc_status: str = ""


class Lora(_Camel, frozen=True):
    """The LoRa modulation."""

    spreading_factor: int | None = None


class Modulation(_Camel, frozen=True):
    """One of LoRa, FSK and LR-FHSS."""

    lora: Lora | None = None


class TxInfo(_Camel, frozen=True):
    """How the device sent it."""

    modulation: Modulation | None = None


class Event(_Camel, frozen=True):
    """Any event; which fields it has depends on its kind."""

    device_info: DeviceInfo
    deduplication_id: str | None = None
    time: str | None = None
    dev_addr: str = ""
    f_cnt: int = 0
    f_port: int = 0
    data: bytes = b""  # base64 in JSON
    object: Any = None  # Any: what a codec of the server returned
    rx_info: Sequence[RxInfo] = ()
    tx_info: TxInfo | None = None
    join_server_context: Any = None  # Any: only its presence matters
    external_power_source: bool = False
    battery_level_unavailable: bool = False
    battery_level: float | None = None


def read_kind(topic: str) -> tuple[str, str | None]:
    """Give the kind of event and the device that the topic names. Raises DecodeError (unknown_topic).

    The topic's template can be changed in the server; its last level must stay the kind of event.
    """
    levels = topic.split("/")
    kind = levels[-1]
    if kind not in WITHOUT_VALUES and kind not in {"up", "status"}:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    is_default = len(levels) == 6 and levels[::2] == ["application", "device", "event"]
    return kind, levels[3].lower() if is_default else None


def to_uplinks(event: Event, topic: str, received_at_us: int) -> tuple[Uplink, ...]:
    """Give the uplink of an event, none where its kind carries no measurement. Raises DecodeError."""
    kind, _ = read_kind(topic)
    heard = to_heard(event, topic)
    if kind in WITHOUT_VALUES:
        return ()
    uplink = to_uplink(heard, received_at_us) if kind == "up" else _status(event, heard, received_at_us)
    return () if uplink is None else (uplink,)


def to_heard(event: Event, topic: str) -> Heard:
    """Give what an event says of its uplink. Raises DecodeError where topic and event name different devices."""
    device, topic_device = event.device_info.dev_eui.lower(), read_kind(topic)[1]
    if not is_device_id(device) or topic_device not in (None, device):
        raise DecodeError(Reason.WRONG_SHAPE, shown(f"devEui: {event.device_info.dev_eui} / {topic}"))
    lora = event.tx_info.modulation.lora if event.tx_info and event.tx_info.modulation else None
    return Heard(
        device=device,
        at_us=_read_time(event),
        message_id=_message_id(event),
        f_port=event.f_port,
        f_cnt=event.f_cnt,
        session=shown(event.dev_addr),
        payload=event.data,
        decoded=event.object if isinstance(event.object, dict) else None,
        model=event.device_info.device_profile_name,
        receptions=[
            Reception(rx.gateway_id.lower() if is_device_id(rx.gateway_id) else None, rx.rssi, rx.snr)
            for rx in event.rx_info
            if rx.crc_status != BAD_CRC and rx.rssi is not None  # 0 dBm, which is left out, no gateway ever hears
        ],
        spreading_factor=lora.spreading_factor if lora else None,
        is_encrypted=event.join_server_context is not None,
    )


def _status(event: Event, heard: Heard, received_at_us: int) -> Uplink | None:
    """Give battery level and mains; the margin is the network's own business."""
    found = [
        ("battery_level", None if event.battery_level_unavailable else event.battery_level),
        ("mains_power", True if event.external_power_source else None),
    ]
    times = [received_at_us if heard.at_us is None else heard.at_us]
    raws = [RawColumn("", quantity, None, times, [value]) for quantity, value in found]
    columns, rejected = check_columns(raws, received_at_us)
    if not columns and not rejected:
        return None
    clock: Clock = "arrival" if heard.at_us is None else "device"
    return Uplink(heard.device, columns, rejected, heard.message_id, clock)


def _read_time(event: Event) -> int | Refusal | None:
    if event.time is None:
        return None
    try:
        return read_instant_us(event.time)
    except DecodeError as error:
        return Refusal(error.reason, error.detail)


def _message_id(event: Event) -> str | None:
    text = event.deduplication_id or ""
    return text if 0 < len(text) <= 128 and text.isascii() and text.isprintable() and " " not in text else None
