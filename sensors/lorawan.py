"""An uplink of a LoRaWAN network server, whichever: what its message says, and the uplink that it becomes.

The network servers' formats (`sensors.formats.chirpstack`, `sensors.formats.the_things_stack`) read their messages into
`Heard`. What the payload means is said by the first of these that can: a codec that the territory has bound to the
device (the caller fills in its object), Vigie's own decoder of the model, what the server has normalized, and the
object of the server's codec.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from sensors.decoded import COMMON, Fields, Item, read_decoded
from sensors.devices import find_device_model
from sensors.measurement import Clock, Count, RejectedPart, Uplink
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.rejection import DecodeError, Reason, shown


class Reception(msgspec.Struct, frozen=True):
    """How one gateway heard it: signal strength [dBm] and signal to noise ratio [dB]."""

    gateway: str | None
    rssi: float | None = None
    snr: float | None = None


class Heard(msgspec.Struct, frozen=True):
    """What a network server says of one uplink.

    `at_us` is when the network received it, None where the message does not say. `decoded` is the object of the
    server's codec, None without one; `timed` holds values that a server has normalized, and goes before it, each group
    with its instant where it has one of its own. `model` names brand and model.
    `codec_object` is what the territory's own codec made of the payload and goes before all else, `failure` why it made
    nothing. `session` tells one activation of the device from another, as far as the network says.
    """

    device: str
    at_us: int | Refusal | None
    message_id: str | None = None
    f_port: int = 0
    f_cnt: int | None = None
    session: str = ""
    payload: bytes = b""
    decoded: Mapping[str, Any] | None = None  # Any: whatever a codec may return
    timed: Sequence[tuple[int | Refusal | None, Sequence[Item]]] = ()
    model: str = ""
    receptions: Sequence[Reception] = ()
    spreading_factor: int | None = None
    is_encrypted: bool = False
    simulated: bool = False
    codec_object: Mapping[str, Any] | None = None  # Any: whatever a codec may return
    failure: str = ""


class LorawanFormat(Protocol):
    """A format of a network server, for whoever reads payloads by a codec that the server does not have.

    `msgspec.structs.replace(heard, codec_object=object)` puts the codec's object in the place of all else; `to_uplink`
    then reads it by the territory's table of fields.
    """

    def hear(self, topic: str, payload: bytes) -> Heard | None:
        """Give the uplink before its payload is read, None for other messages. Raises DecodeError only."""
        ...


def to_uplink(heard: Heard, received_at_us: int, fields: Fields = COMMON) -> Uplink | None:
    """Give the uplink: the values of the payload, and how well it was received. None where there is neither.

    A payload that nothing can read is refused as one value (codec_failed), which a codec added later mends.
    """
    at_us = received_at_us if heard.at_us is None else heard.at_us
    best = max(heard.receptions, key=_quality, default=None)
    raws, unread = read_payload(heard, at_us, fields)
    raws += _raws(_link_items(heard, best), at_us)
    columns, rejected = check_columns(raws, received_at_us)
    if not columns and not rejected and unread is None:
        return None
    clock: Clock = "arrival" if heard.at_us is None else "device"
    parts = rejected if unread is None else (*rejected, unread)
    gateway = best.gateway if best else None
    profile = shown(heard.model) or None
    return Uplink(
        heard.device,
        columns,
        parts,
        heard.message_id,
        clock,
        None,
        gateway,
        heard.simulated,
        profile,
        count=count_of(heard, received_at_us),
    )


def count_of(heard: Heard, received_at_us: int) -> Count | None:
    """Give the frame's place in the device's count of frames; what a person made up counts nothing."""
    if heard.f_cnt is None or heard.simulated:
        return None
    at_us = heard.at_us if isinstance(heard.at_us, int) else received_at_us
    return Count("frame_counter", heard.session, heard.f_cnt, at_us)


def read_payload(
    heard: Heard, at_us: int | Refusal, fields: Fields = COMMON
) -> tuple[list[RawColumn], RejectedPart | None]:
    """Give the values of the payload, or the part to refuse where nothing can read it."""
    if heard.is_encrypted:
        return [], _unread("payload encrypted end to end (joinServerContext)")
    if heard.failure:
        return [], _unread(heard.failure)
    if heard.codec_object is not None:
        return _raws(read_decoded(heard.codec_object, fields), at_us), None
    failure = f"no decoder: {heard.model or '?'}, port {heard.f_port}, {len(heard.payload)} B"
    model = find_device_model(heard.model)
    if model is not None and heard.payload:
        try:
            return _raws(model.decode(heard.payload, heard.f_port), at_us), None
        except DecodeError as error:
            failure = f"{model.brand}/{model.name}: {error}"
    if heard.timed:
        return [raw for own_us, items in heard.timed for raw in _raws(items, at_us if own_us is None else own_us)], None
    if heard.decoded is not None:
        return _raws(read_decoded(heard.decoded, fields), at_us), None
    return [], _unread(failure) if heard.payload else None


def _link_items(heard: Heard, best: Reception | None) -> list[Item]:
    """Say how the best gateway heard it; the frame counter tells later what was lost on the air."""
    return [
        Item("", "rssi", None, best.rssi if best else None),
        Item("", "snr", None, best.snr if best else None),
        Item("", "spreading_factor", None, heard.spreading_factor),
        Item("", "frame_count", None, heard.f_cnt),
    ]


def _quality(reception: Reception) -> tuple[float, float]:
    lowest = float("-inf")
    return (
        lowest if reception.snr is None else reception.snr,
        lowest if reception.rssi is None else reception.rssi,
    )


def _raws(items: Sequence[Item], at_us: int | Refusal) -> list[RawColumn]:
    return [RawColumn(item.channel, item.quantity, item.unit, [at_us], [item.value]) for item in items]


def _unread(detail: str) -> RejectedPart:
    return RejectedPart(Reason.CODEC_FAILED, shown(detail), "", "", 1)
