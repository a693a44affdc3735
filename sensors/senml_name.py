"""What a SenML record's name and unit mean: device, channel, quantity, and the unit in UCUM.

RFC 8428 says only that the name is unique in the world; where in it the quantity stands is a custom of each sender.
These are the customs that the RFC's examples and the gateways of the field follow.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from sensors.decoded import COMMON, find_target
from sensors.foreign_name import channel_name, external_id
from sensors.quantity import find_quantity

_URN = "urn:dev:"
_URN_PARTS = 4  # urn:dev:<kind>:<identity> (RFC 9039); what follows is the sender's

# RFC 8428 section 12.1 and RFC 8798 in UCUM, where the two write one unit differently
UNITS: Mapping[str, str] = {
    "%RH": "%",
    "%EL": "%",
    "/": "1",
    "/100": "%",
    "/1000": "g/kg",  # a ratio of 1e-3
    "1/s": "Hz",
    "1/min": "/min",
    "pH": "[pH]",
    "NTU": "{NTU}",
}
POSITIONS = frozenset({"lat", "lon"})  # where a thing stands is kept with the asset, not measured

# What is measured where the name ends at the device, and a unit has one meaning only, or one that goes without saying
BY_UNIT: Mapping[str, str] = {
    "%RH": "relative_humidity",
    "%EL": "battery_level",
    "Cel": "temperature",
    "lx": "illuminance",
    "V": "voltage",
    "A": "current",
    "W": "active_power",
}
# A sum is the integral of the value over time (section 4.2)
SUM_QUANTITIES: Mapping[str, str] = {
    "active_power": "active_energy",
    "heat_power": "heat_energy",
    "flow": "water_volume",
}
SUM_UNITS: Mapping[str, str] = {"W": "W.s", "m3/s": "m3", "l/s": "l"}


class Meaning(NamedTuple):
    """Whom and what a name speaks of. `device` "" where it names none, `quantity` "" where it ends at the device."""

    device: str
    channel: str
    quantity: str
    unit: str | None = None


@lru_cache(maxsize=16384)
def read_name(name: str, base: str) -> Meaning:
    """Split a resolved name. Raises DecodeError (wrong_shape) where the device's part cannot be an id.

    A base name that ends in `:` or `/` is the device. Without one, a path's last segment is the quantity, and the one
    before it the channel where there are three or more; without a path, the device of `urn:dev:` has four parts, and
    any other ends before the last `:` that a quantity follows.

    >>> read_name("urn:dev:ow:10e2073a01080063:voltage", "")
    Meaning(device='urn:dev:ow:10e2073a01080063', channel='', quantity='voltage', unit=None)
    >>> read_name("pipe-1:inlet/flow", "pipe-1:")
    Meaning(device='pipe-1', channel='inlet', quantity='flow', unit=None)
    """
    device, rest = _split_device(name, base)
    *folders, last = rest.replace(":", "/").strip("/").split("/")
    quantity, unit = last, None
    if find_quantity(last) is None and (target := find_target(last, COMMON)) is not None:
        quantity, unit = target.quantity, target.unit
        folders += [target.channel] if target.channel else []
    return Meaning(external_id(device) if device else "", channel_name(*folders), quantity, unit)


def _split_device(name: str, base: str) -> tuple[str, str]:
    if len(base) > 1 and base[-1] in ":/":
        return base[:-1], name[len(base) :]
    segments = name.strip("/").split("/")
    if len(segments) > 1:
        n_device = max(1, len(segments) - 2)
        return "/".join(segments[:n_device]), "/".join(segments[n_device:])
    if name.startswith(_URN):
        parts = name.split(":")
        return ":".join(parts[:_URN_PARTS]), ":".join(parts[_URN_PARTS:])
    head, _, last = name.rpartition(":")
    is_quantity = find_quantity(last) is not None or find_target(last, COMMON) is not None
    return (head, last) if is_quantity else (name, "")
