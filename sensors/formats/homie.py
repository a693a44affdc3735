"""Homie 5: one value a topic, retained, on `homie/5/<device>/<node>/<property>`. See docs/reference/formats/homie.md.

Values carry no time. One that the broker kept and gives again says what was, not when: it is not a measurement.
"""

import msgspec

from sensors.foreign_name import channel_name
from sensors.homie import (
    Address,
    Description,
    Property,
    find_quantity_name,
    find_unit,
    read_address,
    read_description,
    read_text,
    read_value,
)
from sensors.measurement import RejectedPart, Uplink
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.rejection import DecodeError, Reason, shown
from sensors.stateful import Decoded, Liveness, Presence, Received, Record, Records, check_room

_PRESENCE: dict[str, Presence | None] = {
    "init": None,  # it says what it is; nothing is known yet
    "ready": "online",
    "sleeping": "online",
    "disconnected": "offline",
    "lost": "offline",
}


class Device(msgspec.Struct, frozen=True):
    """What is known of a device: its description, and whether it is online, None where nothing was said."""

    description: Description = Description()
    presence: Presence | None = None


class HomieFormat:
    """The registry's entry for Homie 5."""

    name = "homie"
    version = "homie/1"
    topic_filters = ("homie/5/+/$state", "homie/5/+/$description", "homie/5/+/+/+")

    def decode(self, records: Records, received: Received) -> Decoded:
        """Give what a message says, with the description that was heard before. Raises DecodeError only."""
        address = read_address(received.topic)
        known = records.get(address.device)
        device = known if isinstance(known, Device) else Device()
        match address.kind:
            case "description":
                return describe(records, address, device, received)
            case "state":
                return change_state(records, address, device, received)
            case "value":
                return take_value(address, device, received)
            case _:
                return Decoded()

    def load(self, key: str, document: bytes) -> Record:
        """Read a device's record back."""
        try:
            return msgspec.json.decode(document, type=Device)
        except (msgspec.MsgspecError, ValueError) as error:
            raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error


def describe(records: Records, address: Address, device: Device, received: Received) -> Decoded:
    """Remember a description; an empty one takes the device away."""
    if not received.payload:
        facts = _facts(records, address.device, device, "offline", received.received_at_us)
        return Decoded(changes={address.device: None}, liveness=facts)
    check_room(records, address.device)
    device = msgspec.structs.replace(device, description=read_description(received.payload))
    if device.presence != "online" or not _is_root_lost(records, device):
        return Decoded(changes={address.device: device})
    fact = Liveness(address.device, "offline", received.received_at_us, device.description.root)
    return Decoded(changes={address.device: device}, liveness=(fact,))


def change_state(records: Records, address: Address, device: Device, received: Received) -> Decoded:
    """Take a device's state; the same again, as after each subscription, is no new fact."""
    if not received.payload:
        return Decoded()
    text = read_text(received.payload)
    if text not in _PRESENCE:
        raise DecodeError(Reason.WRONG_SHAPE, f"$state: {shown(text)!r}")
    presence = _PRESENCE[text]
    if presence is None or presence == device.presence:
        return Decoded()
    check_room(records, address.device)
    changes = {address.device: msgspec.structs.replace(device, presence=presence)}
    if presence == "online" and _is_root_lost(records, device):
        return Decoded(changes=changes)
    facts = _facts(records, address.device, device, presence, received.received_at_us)
    return Decoded(changes=changes, liveness=facts)


def take_value(address: Address, device: Device, received: Received) -> Decoded:
    """Give the one value of a property that was just published."""
    if received.is_retained or not received.payload:
        return Decoded()
    text = read_text(received.payload)
    path = f"{address.node}/{address.property_id}"
    declared = device.description.properties.get(path)
    if declared is None:
        return Decoded((_refused(address, device, path, Refusal(Reason.UNKNOWN_QUANTITY, "$description ?")),))
    value = read_value(text, declared.datatype)
    if isinstance(value, Refusal):
        return Decoded((_refused(address, device, path, value),))
    return Decoded(_measured(address, device, declared, value, received.received_at_us))


def _measured(address: Address, device: Device, declared: Property, value: object, at_us: int) -> tuple[Uplink, ...]:
    quantity = find_quantity_name(address.property_id)
    raw = RawColumn(channel_name(address.node), quantity, find_unit(declared.unit), [at_us], [value])
    columns, rejected = check_columns([raw], at_us)
    return (Uplink(address.device, columns, rejected, clock="arrival", gateway=device.description.root or None),)


def _refused(address: Address, device: Device, path: str, refusal: Refusal) -> Uplink:
    part = RejectedPart(refusal.reason, shown(refusal.detail), "", shown(path), 1)
    return Uplink(address.device, (), (part,), clock="arrival", gateway=device.description.root or None)


def _facts(records: Records, device_id: str, device: Device, presence: Presence, at_us: int) -> tuple[Liveness, ...]:
    """State that a device came or went, and with a root device those behind it that were online themselves."""
    own = () if device.presence == presence else (Liveness(device_id, presence, at_us),)
    if presence == "online" and device.presence is None:
        return own  # a root heard of for the first time takes nobody with it
    behind = (
        Liveness(key, presence, at_us, device_id)
        for key, record in records.items()
        if isinstance(record, Device) and record.description.root == device_id and record.presence == "online"
    )
    return (*own, *behind)


def _is_root_lost(records: Records, device: Device) -> bool:
    root = records.get(device.description.root)
    return isinstance(root, Device) and root.presence == "offline"


STATEFUL_FORMAT = HomieFormat()
