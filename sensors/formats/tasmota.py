"""Tasmota's `SENSOR` messages, the Linky meter's among them. Described in docs/reference/formats/tasmota.md."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from sensors.decoded import Item, read_decoded
from sensors.foreign_name import channel_name, external_id
from sensors.json_text import read_json
from sensors.local_time import ZONE, has_offset, read_local_us
from sensors.measurement import Clock, Uplink
from sensors.plausible import RawColumn, Refusal, check_columns
from sensors.rejection import DecodeError, Reason, shown
from sensors.tasmota import FROM_TIC, SECTIONS, SENSOR, UNIT_FIELDS, UNITS

PREFIX, KIND = "tele", "SENSOR"
WITHOUT_VALUES = frozenset({"LWT", "STATE", "UPTIME", "RESULT", "HASS_STATE"})  # and INFO1, INFO2, INFO3

Document = Mapping[str, Any]  # Any: which sensors there are is known from the message only


@dataclass(frozen=True, slots=True)
class TasmotaFormat:
    """The registry's entry for Tasmota. `zone` is that of the devices' clocks, which they do not write down."""

    zone: str = ZONE
    name: str = "tasmota"
    version: str = "tasmota/1"
    topic_filter: str = "tele/+/SENSOR"

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the device's uplink, none for its other messages. Raises DecodeError only."""
        device = _read_topic(topic)
        if device is None:
            return ()
        document = read_json(payload, _DECODER)
        at_us = received_at_us if "Time" not in document else self._read_time(document["Time"], received_at_us)
        raws = [RawColumn(i.channel, i.quantity, i.unit, [at_us], [i.value]) for i in _read_items(document)]
        columns, rejected = check_columns(raws, received_at_us)
        if not columns and not rejected:
            return ()
        return (Uplink(device, columns, rejected, clock=_find_clock(document, at_us)),)

    def in_zone(self, zone: str) -> "TasmotaFormat":
        """Give the format for devices whose clocks are set to this zone."""
        return replace(self, zone=zone)

    def _read_time(self, written: object, received_at_us: int) -> int | Refusal:
        try:
            return read_local_us(written, self.zone, received_at_us)
        except DecodeError as error:
            return Refusal(error.reason, error.detail)


def _find_clock(document: Document, at_us: int | Refusal) -> Clock:
    if "Time" not in document:
        return "arrival"
    return "local" if isinstance(at_us, int) and not has_offset(document["Time"]) else "device"


def _read_topic(topic: str) -> str | None:
    """Give the device, None where the message carries no measurement. Prefix and topic may stand in any order."""
    *levels, kind = topic.split("/")
    if PREFIX not in levels or len(levels) == 1:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    if kind in WITHOUT_VALUES or kind.rstrip("123") == "INFO":
        return None
    if kind != KIND:
        raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
    levels.remove(PREFIX)
    return external_id("/".join(levels))


def _read_items(document: Document) -> Iterator[Item]:
    """Give the values of every section; a sensor's name is the channel of its values."""
    for name, section in document.items():
        if not isinstance(section, Mapping):
            continue
        fields = SECTIONS.get(name, SENSOR)
        for item in read_decoded(_by_phase(_without_copies(name, section, document)), fields):
            folders = [part for part in ([] if name in SECTIONS else [name]) + [item.channel] if part]
            yield item._replace(channel=channel_name(*folders), unit=_find_unit(item, document))


def _without_copies(name: str, section: Document, document: Document) -> Document:
    """Leave out of the energy meter what a Teleinfo section says better."""
    tic = document.get("TIC")
    if name != "ENERGY" or not isinstance(tic, Mapping):
        return section
    copies = FROM_TIC | ({"total"} if "EAST" in tic else frozenset())
    return {field: value for field, value in section.items() if field.lower() not in copies}


def _by_phase(section: Document) -> Document:
    """Name the values of a list, one for each phase."""
    flat: dict[str, object] = {}
    for field, value in section.items():
        many = value if isinstance(value, list) else None
        flat |= {field: value} if many is None else {f"{field}{phase}": one for phase, one in enumerate(many, 1)}
    return flat


def _find_unit(item: Item, document: Document) -> str | None:
    written = document.get(UNIT_FIELDS.get(item.quantity, ""))
    return UNITS.get(written, written) if isinstance(written, str) else item.unit


_DECODER = msgspec.json.Decoder(dict[str, Any])
FORMAT = TasmotaFormat()
