"""The Things Stack v3 over MQTT. Described in docs/reference/formats/the-things-stack.md."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sensors.decoded import Fields, Item, Target, read_decoded
from sensors.instant import read_instant_us
from sensors.json_text import read_json
from sensors.lorawan import Heard, Reception, to_uplink
from sensors.measurement import Uplink
from sensors.plausible import Refusal
from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import is_device_id

# What is published beside `up`; its values, if any, are in `up` too
WITHOUT_VALUES = frozenset({"join", "down", "service", "location", "uplink"})


class EndDeviceIds(msgspec.Struct, frozen=True):
    """Which device it is."""

    device_id: str
    dev_eui: str | None = None
    dev_addr: str | None = None


class GatewayIds(msgspec.Struct, frozen=True):
    """Which gateway heard it."""

    gateway_id: str = ""
    eui: str = ""


class RxMetadata(msgspec.Struct, frozen=True):
    """How one gateway heard it; a packet broker in between may leave the gateway out."""

    gateway_ids: GatewayIds = GatewayIds()
    rssi: float | None = None
    snr: float | None = None


class Lora(msgspec.Struct, frozen=True):
    """The LoRa data rate."""

    spreading_factor: int | None = None


class DataRate(msgspec.Struct, frozen=True):
    """One of LoRa, FSK and LR-FHSS."""

    lora: Lora | None = None


class Settings(msgspec.Struct, frozen=True):
    """How the device sent it."""

    data_rate: DataRate | None = None


class VersionIds(msgspec.Struct, frozen=True):
    """Brand and model in the device repository."""

    brand_id: str = ""
    model_id: str = ""


class UplinkMessage(msgspec.Struct, frozen=True):
    """One uplink; what is empty or 0 is left out."""

    session_key_id: str | None = None
    f_port: int = 0
    f_cnt: int = 0
    frm_payload: bytes = b""  # base64
    decoded_payload: Any = None  # Any: what a formatter of the application returned
    normalized_payload: Any = None  # Any: a list of objects or one object, judged field by field
    rx_metadata: Sequence[RxMetadata] = ()
    settings: Settings | None = None
    received_at: str | None = None
    version_ids: VersionIds | None = None


class StackMessage(msgspec.Struct, frozen=True):
    """The message of any topic of a device."""

    end_device_ids: EndDeviceIds
    uplink_message: UplinkMessage | None = None
    received_at: str | None = None
    simulated: bool = False


class TheThingsStackFormat:
    """The registry's entry for The Things Stack v3."""

    name = "the_things_stack"
    version = "the_things_stack/1"
    topic_filter = "v3/+/devices/+/#"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the uplink of an `up` message, none for the others. Raises DecodeError only."""
        heard = self.hear(topic, payload)
        uplink = None if heard is None else to_uplink(heard, received_at_us)
        return () if uplink is None else (uplink,)

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """Give the uplink before its payload is read, None for other kinds of message. Raises DecodeError only."""
        topic_device, is_uplink = _read_topic(topic)
        message = read_json(payload, _DECODER)
        device = (message.end_device_ids.dev_eui or message.end_device_ids.device_id).lower()
        if not is_device_id(device) or message.end_device_ids.device_id != topic_device:
            raise DecodeError(Reason.WRONG_SHAPE, shown(f"device_id: {message.end_device_ids.device_id} / {topic}"))
        if not is_uplink:
            return None
        if message.uplink_message is None:
            raise DecodeError(Reason.WRONG_SHAPE, "uplink_message")
        return to_heard(message, message.uplink_message, device)


def to_heard(message: StackMessage, uplink: UplinkMessage, device: str) -> Heard:
    """Give what the message says of its uplink."""
    lora = uplink.settings.data_rate.lora if uplink.settings and uplink.settings.data_rate else None
    version = uplink.version_ids
    return Heard(
        device=device,
        at_us=_read_time(uplink.received_at or message.received_at),
        message_id=None if message.simulated else _message_id(message, uplink, device),
        f_port=uplink.f_port,
        f_cnt=uplink.f_cnt,
        session=shown(uplink.session_key_id or message.end_device_ids.dev_addr or ""),
        payload=uplink.frm_payload,
        decoded=uplink.decoded_payload if isinstance(uplink.decoded_payload, dict) else None,
        timed=_read_normalized(uplink.normalized_payload),
        model=f"{version.brand_id}/{version.model_id}" if version else "",
        receptions=[Reception(_gateway(rx.gateway_ids), rx.rssi, rx.snr) for rx in uplink.rx_metadata],
        spreading_factor=lora.spreading_factor if lora else None,
        simulated=message.simulated,
    )


def _read_topic(topic: str) -> tuple[str, bool]:
    """Give the device and whether it is an uplink."""
    levels = topic.split("/")
    if len(levels) < 5 or levels[0] != "v3" or levels[2] != "devices":
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    is_uplink = levels[4:] == ["up"]
    is_other = levels[4] in WITHOUT_VALUES or levels[4:] == ["up", "normalized"]
    if not is_uplink and not is_other:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    return levels[3], is_uplink


def _read_normalized(normalized: object) -> list[tuple[int | Refusal | None, list[Item]]]:
    """Give each group of normalized values with its own instant, None where it has none."""
    groups = normalized if isinstance(normalized, list) else [normalized]
    return [
        (_read_time(group.get("time")), read_decoded(_without_time(group), NORMALIZED))
        for group in groups
        if isinstance(group, dict) and group
    ]


def _without_time(group: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in group.items() if name != "time"}


def _message_id(message: StackMessage, uplink: UplinkMessage, device: str) -> str | None:
    """The same frame has the same counter in the same session; without a session nothing tells frames apart."""
    session = uplink.session_key_id or message.end_device_ids.dev_addr
    text = f"{device}:{session}:{uplink.f_cnt}"
    is_usable = bool(session) and len(text) <= 128 and text.isascii() and text.isprintable() and " " not in text
    return text if is_usable else None


def _gateway(ids: GatewayIds) -> str | None:
    text = (ids.eui or ids.gateway_id).lower()
    return text if is_device_id(text) else None


def _read_time(written: object) -> int | Refusal | None:
    if written is None:
        return None
    try:
        return read_instant_us(written)
    except DecodeError as error:
        return Refusal(error.reason, error.detail)


# The published schema of normalized payloads; units are those of its descriptions
NORMALIZED: Fields = {
    "battery": Target("battery_voltage", "V"),
    "air.temperature": Target("temperature", "Cel"),
    "air.relativehumidity": Target("relative_humidity", "%"),
    "air.pressure": Target("air_pressure", "hPa"),
    "air.co2": Target("co2", "[ppm]"),
    "air.lightintensity": Target("illuminance", "lx"),
    "wind.speed": Target("wind_speed", "m/s"),
    "wind.direction": Target("wind_direction", "deg"),
    "rain.intensity": Target("rain_intensity", "mm/h"),
    "rain.cumulative": Target("rain_depth", "mm"),
    "water.temperature": Target("water_temperature", "Cel"),
    "water.temperature.current": Target("water_temperature", "Cel"),
    "water.leak": Target("leak"),
    "metering.water.total": Target("water_volume", "L"),
    "action.motion.detected": Target("presence"),
    "action.contactstate": Target("door"),
    **dict.fromkeys(("position", "position.latitude", "position.longitude", "air.location"), None),
}

_DECODER = msgspec.json.Decoder(StackMessage)
FORMAT = TheThingsStackFormat()
