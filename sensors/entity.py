"""NGSI entities on the wire: NGSI-LD and NGSIv2, normalized, concise or key-values, alone, in a list or a notification.

After ETSI GS CIM 009 (NGSI-LD) and the FIWARE NGSIv2 specification. The forms do not contradict one another, so an
entity is read the same way whatever it came in.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from sensors.cefact import ucum_code
from sensors.foreign_name import external_id
from sensors.instant import read_instant_us
from sensors.plausible import Refusal
from sensors.rejection import DecodeError, Reason, shown

MAX_PAYLOAD_BYTES = 1_048_576

_NO_ATTRIBUTE = frozenset({"id", "type", "@context", "@id", "@type", "scope"})
_SILENT_TYPES = frozenset({"GeoProperty", "LanguageProperty", "geo:json", "VocabProperty"})
_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
_LAST_PART = re.compile(r"[^/#]*$")
_TIMES = ("timestamp", "TimeInstant", "dateObserved", "dateModified")  # of one attribute, in NGSIv2's metadata

Document = Mapping[str, Any]  # Any: JSON from a stranger, judged field by field
Time = int | Refusal | None


class Attribute(NamedTuple):
    """One attribute: its plain value, its own time if it has one, the unit it states, and which of several it is."""

    name: str
    value: object
    time: Time = None
    unit: str | None = None
    dataset: str = ""


class Entity(NamedTuple):
    """An entity by its external id and the last part of its type; several attributes may have one name."""

    device: str
    type: str
    attributes: tuple[Attribute, ...]


class Notification(NamedTuple):
    """The entities of a message, and the identity of the notification that brought them, if it was one."""

    id: str | None
    entities: tuple[Document, ...]


def read_document(payload: bytes) -> Notification:
    """Find the entities in a payload. Raises DecodeError (too_large, invalid_utf8, invalid_json, wrong_shape)."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    try:
        payload.decode()  # the JSON decoder does not look into what it skips
        document = msgspec.json.decode(payload)
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error
    return _find_entities(document)


def read_entity(document: Document) -> Entity:
    """Read one entity. Raises DecodeError (wrong_shape) where it has no usable id or type."""
    entity_id, entity_type = document.get("id", document.get("@id")), document.get("type", document.get("@type"))
    if isinstance(entity_type, list) and entity_type:
        entity_type = entity_type[0]
    if not isinstance(entity_id, str) or not isinstance(entity_type, str):
        raise DecodeError(Reason.WRONG_SHAPE, f"id: {shown(repr(entity_id))}, type: {shown(repr(entity_type))}")
    attributes = tuple(
        attribute
        for name, written in document.items()
        if name not in _NO_ATTRIBUTE
        for attribute in _read_attribute(last_part(name), written)
    )
    kind = last_part(entity_type)
    return Entity(device_id(entity_id, kind), kind, attributes)


def device_id(entity_id: str, entity_type: str = "") -> str:
    """Give the external id of an entity: its id without the prefix that NGSI-LD puts before it. Raises DecodeError.

    >>> device_id("urn:ngsi-ld:ParkingSpot:santander:3", "ParkingSpot")
    'santander:3'
    """
    prefix, _, rest = entity_id.partition(":ngsi-ld:")
    kind, _, name = rest.partition(":")
    is_prefixed = prefix == "urn" and name and (not entity_type or kind.lower() == entity_type.lower())
    return external_id(name if is_prefixed else entity_id)


def last_part(name: str) -> str:
    """Give the short name of an attribute or type that may be written as a whole address."""
    found = _LAST_PART.search(name)
    return found[0] if found and found[0] else name


def read_time(written: object) -> int | Refusal:
    """Give the instant of a date, or of an interval's end; without a zone it is UTC, as context brokers take it."""
    if isinstance(written, Mapping):
        written = written.get("@value", written.get("value"))
    if isinstance(written, str):
        written = written.rpartition("/")[2].strip()
        written = written if _ZONED.search(written) else f"{written}Z"
    try:
        return read_instant_us(written)
    except DecodeError as error:
        return Refusal(error.reason, error.detail)


def _find_entities(document: object) -> Notification:
    found: object = document
    notification_id: str | None = None
    if isinstance(found, dict) and isinstance(found.get("body"), dict):  # NGSI-LD over MQTT: metadata and body
        found = found["body"]
    if isinstance(found, dict) and isinstance(found.get("data"), list) and "subscriptionId" in found:
        written_id = found.get("id")
        notification_id = written_id if isinstance(written_id, str) else None
        found = found["data"]
    entities = found if isinstance(found, list) else [found]
    documents = tuple(entity for entity in entities if isinstance(entity, dict))
    if not documents or len(documents) < len(entities):
        raise DecodeError(Reason.WRONG_SHAPE, "data")
    return Notification(notification_id, documents)


def _read_attribute(name: str, written: object) -> Iterator[Attribute]:
    """Give the attribute, or each of several that NGSI-LD may have under one name."""
    if isinstance(written, list) and written and all(isinstance(each, dict) and "value" in each for each in written):
        for each in written:
            yield from _read_attribute(name, each)
    elif isinstance(written, Mapping) and written.get("type") == "Relationship":
        yield Attribute(name, written.get("object", written.get("value")))
    elif not isinstance(written, Mapping) or "value" not in written:
        yield Attribute(name, _plain(written))
    elif written.get("type") not in _SILENT_TYPES:
        dataset = written.get("datasetId")
        yield Attribute(
            name,
            _plain(written["value"]),
            _attribute_time(written),
            _attribute_unit(written),
            dataset.rpartition(":")[2] if isinstance(dataset, str) else "",
        )


def _plain(value: object) -> object:
    return value["@value"] if isinstance(value, Mapping) and "@value" in value else value


def _attribute_time(written: Document) -> Time:
    if "observedAt" in written:
        return read_time(written["observedAt"])
    metadata = written.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    return next((read_time(metadata[name]) for name in _TIMES if name in metadata), None)


def _attribute_unit(written: Document) -> str | None:
    metadata = written.get("metadata")
    unit = written.get("unitCode", metadata.get("unitCode") if isinstance(metadata, Mapping) else None)
    unit = unit.get("value") if isinstance(unit, Mapping) else unit
    return ucum_code(unit) if isinstance(unit, str) and unit else None
