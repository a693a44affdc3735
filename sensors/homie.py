"""Homie 5 on the wire: topics, `$description` and what a property's text stands for.

After the Homie convention 5.0 (homieiot.github.io). A value is a text; its datatype and unit are in the description.
"""

import re
from typing import Literal, NamedTuple

import msgspec

from sensors.plausible import Refusal
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason, shown

MAX_PAYLOAD_BYTES = 1_048_576
EMPTY_TEXT = b"\x00"  # an empty payload deletes a retained topic, hence this for the empty text

Kind = Literal["value", "description", "state", "other"]

_ID = re.compile("[a-z0-9-]{1,128}")
_INTEGER = re.compile(r"-?\d{1,19}")
_FLOAT = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
_LONGEST_NUMBER = 40
_UNITS = {"#": None, "kn": "[kn_i]", "ft": "[ft_i]"}  # the others are UCUM or known spellings
# Usual names of properties whose quantity is called otherwise here
NAMES = {
    "power": "active_power",
    "energy": "active_energy",
    "humidity": "relative_humidity",
    "battery": "battery_level",
    "dimmer": "dimming_level",
    "brightness": "dimming_level",
    "pressure": "air_pressure",
    "motion": "presence",
    "contact": "door",
}


class Address(NamedTuple):
    """Whom a topic speaks of; node and property are "" but for a value."""

    root: str
    device: str
    kind: Kind
    node: str = ""
    property_id: str = ""


class Property(msgspec.Struct, frozen=True):
    """A property as the description declares it; `unit` "" where it has none."""

    datatype: str = ""
    unit: str = ""


class Description(msgspec.Struct, frozen=True):
    """What matters of a device's description: properties by `node/property`, and the root device of a child, or ""."""

    properties: dict[str, Property] = {}
    root: str = ""


class _Node(msgspec.Struct):
    properties: dict[str, Property] = {}


class _Document(msgspec.Struct):
    nodes: dict[str, _Node] = {}
    root: str | None = None


def read_address(topic: str) -> Address:
    """Take a topic `homie/5/...` apart. Raises DecodeError (unknown_topic)."""
    parts = topic.split("/")
    if len(parts) >= 4 and parts[1] == "5" and parts[0]:
        root, device, rest = parts[0], parts[2], parts[3:]
        if rest == ["$description"] and _ID.fullmatch(device):
            return Address(root, device, "description")
        if rest == ["$state"] and _ID.fullmatch(device):
            return Address(root, device, "state")
        if len(rest) == 2 and all(map(_ID.fullmatch, (device, *rest))):
            return Address(root, device, "value", *rest)
        if any(part.startswith("$") for part in parts[2:]) or rest[-1] == "set":
            return Address(root, device, "other")
    raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))


def read_description(payload: bytes) -> Description:
    """Read a `$description`. Raises DecodeError (too_large, invalid_utf8, invalid_json, wrong_shape)."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    try:
        document = msgspec.json.decode(payload, type=_Document)
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error
    declared = {
        f"{node_id}/{property_id}": found
        for node_id, node in document.nodes.items()
        for property_id, found in node.properties.items()
    }
    root = document.root or ""
    return Description(declared, root if _ID.fullmatch(root) else "")


def read_text(payload: bytes) -> str:
    """Give the text of a value. Raises DecodeError (too_large, invalid_utf8)."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    try:
        return "" if payload == EMPTY_TEXT else payload.decode()
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error


def read_value(text: str, datatype: str) -> object:
    """Give the number, truth or code of a value, a Refusal where its datatype is none of these or it is not of it."""
    match datatype:
        case "integer" if _INTEGER.fullmatch(text):
            return int(text)
        case "float" if len(text) <= _LONGEST_NUMBER and _FLOAT.fullmatch(text):
            return float(text)
        case "boolean" if text in ("true", "false"):
            return text == "true"
        case "enum":
            return text.lower()
        case "integer" | "float" | "boolean":
            return Refusal(Reason.NOT_A_NUMBER, f"{datatype}: {text[:60]!r}")
        case _:
            return Refusal(Reason.WRONG_SHAPE, f"datatype {datatype[:40]!r}")


def find_quantity_name(property_id: str) -> str:
    """Give the quantity that a property is called after, or the property's own name where there is none."""
    name = property_id.replace("-", "_")
    return name if find_quantity(name) else NAMES.get(property_id, property_id)


def find_unit(written: str) -> str | None:
    """Give the UCUM code of a Homie unit, None for none."""
    return _UNITS.get(written, written or None)
