"""What is printed on a device, as a code or in words: which names it may be registered under.

Known are the QR code of LoRaWAN devices (LoRa Alliance, TR005 1.0.0: `LW:D0:` JoinEUI `:` DevEUI `:` ProfileID, then
fields that begin with O, S, P or C, the checksum), a bare EUI-64 however it is grouped, and Vigie's own label, which
is the device's id, or `vigie:TERRITORY/ID`.
"""

import re
from dataclasses import dataclass

LORAWAN = re.compile(r"LW:D0:([0-9A-F]{16}):([0-9A-F]{16}):[0-9A-F]{8}(?::[OSPC][^:]*)*", re.IGNORECASE)
EUI = re.compile(r"(?:(?:dev ?)?eui[ :=-]{0,2})?((?:[0-9A-F]{2}[ :-]?){7}[0-9A-F]{2})", re.IGNORECASE)
OWN = re.compile(r"vigie:([a-z0-9-]{1,63})/([A-Za-z0-9_.:-]{1,128})")
BARE = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
LONGEST = 500


class LabelError(ValueError):
    """What was read is the label of no device."""


@dataclass(frozen=True, slots=True)
class DeviceLabel:
    """Names in lower case, the likeliest first; `territory` where the label names one."""

    names: tuple[str, ...]
    territory: str | None = None


def read_label(text: str) -> DeviceLabel:
    """Read a label as it was scanned or typed.

    Raises
    ------
    LabelError
        It names no device.

    Examples
    --------
    >>> read_label("LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:SX12").names
    ('aabbccddeeff0011', 'eui-aabbccddeeff0011')
    >>> read_label("AA-BB-CC-DD-EE-FF-00-11").names[0]
    'aabbccddeeff0011'
    >>> read_label("vigie:val-de-tille/lamp-1204")
    DeviceLabel(names=('lamp-1204',), territory='val-de-tille')
    """
    text = text.strip()
    if len(text) <= LONGEST:
        if found := LORAWAN.fullmatch(text):
            require_checksum(text)
            return DeviceLabel(names_of(found[2]))
        if found := OWN.fullmatch(text):
            return DeviceLabel((found[2].lower(),), found[1])
        if found := EUI.fullmatch(text):
            return DeviceLabel((*names_of(re.sub("[ :-]", "", found[1])), text.lower()))
        if BARE.fullmatch(text):
            return DeviceLabel((text.lower(),))
    raise LabelError("this is the label of no device: give its LoRaWAN code, its EUI or its id")


def require_checksum(text: str) -> None:
    """Compare the field C, where there is one, with what stands before it. Raises LabelError."""
    told, _, said = text.rpartition(":")
    if said[:1] in ("C", "c") and said[1:].upper() != f"{crc16(told.upper().encode()):04X}":
        raise LabelError("this LoRaWAN code was misread: its checksum is wrong, scan it again")


def crc16(data: bytes) -> int:
    """Give the CRC-16/MODBUS: polynomial 0x8005, reflected, beginning with 0xFFFF.

    >>> f"{crc16(b'123456789'):04X}"
    '4B37'
    """
    rest = 0xFFFF
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (0xA001 if rest & 1 else 0)
    return rest


def names_of(eui: str) -> tuple[str, str]:
    """Give the names under which network servers know an EUI."""
    return eui.lower(), f"eui-{eui.lower()}"
