"""A gateway that speaks SenML (RFC 8428) in JSON."""

from collections.abc import Sequence

import msgspec

from sensors.quantity import QUANTITIES
from simulators.description import Device
from simulators.message import Message

# SenML's names of units (RFC 8428, section 12.1, and RFC 8798) by UCUM code, where both are the same size.
UNITS = {
    "Cel": "Cel",
    "%": "/100",
    "W": "W",
    "V": "V",
    "Pa": "Pa",
    "m": "m",
    "s": "s",
    "lx": "lx",
    "dB": "dB",
    "h": "h",
}
UNITS |= {"dB[mW]": "dBm", "/min": "1/min", "kW.h": "kWh", "mm": "mm", "km/h": "km/h", "[ppm]": "ppm", "hPa": "hPa"}


class SenmlGateway:
    """Writes packs with a base name and a base time; names are `device:channel/quantity` without an empty channel."""

    name = "senml"
    is_single = False
    has_identity = False
    qos = 1

    def __init__(self, devices: Sequence[Device]) -> None:
        self.devices = devices

    def announce(self, message: Message) -> list[tuple[str, bytes]]:
        """Nothing has to be said before."""
        return []

    def encode(self, message: Message) -> tuple[str, bytes]:
        """Give topic and payload; a device without a clock writes no time, which means now."""
        device = self.devices[message.device].external_id
        base_s = message.at_s[0]
        records: list[dict[str, object]] = []
        for column, cells in zip(message.columns, message.values, strict=True):
            name = f"{column.channel}/{column.quantity}" if column.channel else column.quantity
            unit = UNITS.get(QUANTITIES[column.quantity].unit)
            for at_s, value in zip(message.at_s, cells, strict=True):
                record: dict[str, object] = {"n": name, "v": value}
                if unit is not None:
                    record["u"] = unit
                if message.is_timed and at_s != base_s:
                    record["t"] = at_s - base_s
                records.append(record)
        head: dict[str, object] = {"bn": f"{device}:"}
        if message.is_timed:
            head["bt"] = base_s
        records[0] = head | records[0]
        return f"senml/{device}/json", msgspec.json.encode(records)
