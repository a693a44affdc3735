"""Reads what a payload codec gives: an object of named fields becomes values of quantities.

Codecs of different makers name and scale the same thing differently. A field is taken where a table names it with its
unit, or where it is named exactly as one of Vigie's quantities (then its unit is the quantity's own). Nothing is
guessed from the size of a number; a number that nobody has named is refused as an unknown quantity.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sensors.quantity import find_quantity
from sensors.topic import CHANNEL_PATTERN

DEEPEST = 8
LONGEST_NAME = 200


class Item(NamedTuple):
    """One value as a codec or a device's own decoder gives it; `unit` None is the quantity's own."""

    channel: str
    quantity: str
    unit: str | None
    value: object


class Target(NamedTuple):
    """What a field means. `codes` translates the field's words into code slugs."""

    quantity: str
    unit: str | None = None
    channel: str = ""
    codes: Mapping[str, str] | None = None


# A field by its dotted path, in lower case without underscores; None marks one that carries no measurement
Fields = Mapping[str, Target | None]

_QUANTITY_TEXT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*([^\s\d]{1,12})\s*")
_NAMED = re.compile(f"(?:({CHANNEL_PATTERN})/)?([a-z0-9_]{{1,64}})")
_NUMBERED = re.compile(r"([a-z.]+?)\.?(\d{1,3})")
_OTHERS_MEAN_ELSE = frozenset({"level"})  # with most makers a filling in %, or a distance
_CONTAINERS = frozenset({"data", "values", "bytes", "measurements", "payload", "decoded"})
_UNIT_SIGNS = {"\N{DEGREE CELSIUS}": "Cel", "V": "V", "mA": "mA"}


def read_decoded(document: Mapping[str, object], fields: Fields) -> list[Item]:
    """Give every value of the object by name; a field that no table and no quantity names keeps its own.

    Text, null, and fields that the table marks as carrying no measurement are left out, save text that is a number with
    its unit (`"25 °C"`). A field may be an object `{"value": 25, "unit": "°C"}`.
    """
    items: list[Item] = []
    for path, value, unit in sorted(_leaves(document, "", 0), key=lambda leaf: leaf[0]):
        key = normal_path(path)
        if key in fields and fields[key] is None:
            continue
        number, written_unit = _read_text(value)
        found = _find_target(key, path, fields)
        if found is None:
            if not isinstance(number, str):
                items.append(Item("", _unnamed(path), None, number))
            continue
        translated = found.codes.get(number, number) if found.codes and isinstance(number, str) else number
        items.append(Item(found.channel, found.quantity, unit or written_unit or found.unit, translated))
    return items


def find_target(path: str, fields: Fields) -> Target | None:
    """Give what a field of this dotted path means, None where neither the table nor a quantity names it."""
    return _find_target(normal_path(path), path, fields)


def _leaves(value: object, path: str, depth: int) -> Iterator[tuple[str, object, str | None]]:
    """Give path, value and unit of every field that is not itself an object; a list is one value, and refused later.

    So is what is nested too deeply.
    """
    if not isinstance(value, Mapping) or depth > DEEPEST:
        if value is not None and path:
            yield path, value, None
        return
    if "value" in value and not isinstance(value["value"], Mapping | list):
        unit = value.get("unit")
        if value["value"] is not None:
            yield path, value["value"], _unit(unit) if isinstance(unit, str) else None
        return
    for name, inner in value.items():
        text = str(name)[:LONGEST_NAME]
        is_container = isinstance(inner, Mapping) and text in _CONTAINERS
        below = path if is_container else f"{path}.{text}" if path else text
        yield from _leaves(inner, below, depth + 1)


def _unnamed(path: str) -> str:
    """Give the field's own name, made sure to be no quantity's, so that it is refused and can be mapped."""
    return f"{path} (unit?)" if find_quantity(path) is not None else path[:LONGEST_NAME]


def _find_target(key: str, path: str, fields: Fields) -> Target | None:
    """Find the field itself, a quantity of that name, or the numbered kin of a field (`temperature_3`)."""
    if (target := fields.get(key)) is not None:
        return target
    named = _NAMED.fullmatch(path)
    if named is not None and named[2] not in _OTHERS_MEAN_ELSE and find_quantity(named[2]) is not None:
        return Target(named[2], channel=named[1] or "")
    match = _NUMBERED.fullmatch(key)
    if match is not None and (kin := fields.get(match[1])) is not None:
        return kin._replace(channel=match[2])
    return None


def normal_path(path: str) -> str:
    """Write a field's path as tables hold it."""
    return path.lower().replace("_", "").replace(" ", "")


def _read_text(value: object) -> tuple[object, str | None]:
    """Split a text such as `2000 mm` into number and unit; anything else is left as it is."""
    match = _QUANTITY_TEXT.fullmatch(value) if isinstance(value, str) else None
    return (float(match[1]), _unit(match[2])) if match else (value, None)


def _unit(written: str) -> str | None:
    return _UNIT_SIGNS.get(written, written) or None


def _same(quantity: str, unit: str, *names: str) -> dict[str, Target | None]:
    return {name: Target(quantity, unit) for name in names}


_OCCUPIED = {"vacant": "free"}  # true, false, 1, 0 and the slugs themselves need no translation

# What makers agree on closely enough; where they do not (battery: %, V or mV; level; tvoc) a model's table is needed.
COMMON: Fields = {
    **_same("temperature", "Cel", "temperature", "temp", "airtemperature", "tempcsht", "air.temperature"),
    **_same("relative_humidity", "%", "humidity", "hum", "humsht", "relativehumidity", "airhumidity", "rh"),
    **_same("co2", "[ppm]", "co2", "co2ppm", "co2concentration"),
    **_same("illuminance", "lx", "illuminance", "illumination", "light", "lux", "lightintensity", "luminosity"),
    **_same("air_pressure", "hPa", "pressure", "barometricpressure", "airpressure", "barometer"),
    **_same("pm2_5", "ug/m3", "pm25", "pm2.5"),
    **_same("pm10", "ug/m3", "pm10"),
    **_same("battery_voltage", "V", "batteryvoltage", "batv", "vbat"),
    **_same("battery_level", "%", "batterylevel", "batterypercent", "batterypercentage"),
    **_same("active_power", "W", "activepower"),
    **_same("power_factor", "1", "powerfactor"),
    **_same("active_energy", "kW.h", "activeenergykwh", "energykwh"),
    **_same("flow", "m3/h", "flowm3h"),
    "occupied": Target("occupancy", codes=_OCCUPIED),
    "windspeed": Target("wind_speed", "m/s"),
    "winddirection": Target("wind_direction", "deg"),
    **dict.fromkeys(("deviceid", "protocolversion", "type", "framecounter", "valid", "err", "fport"), None),
}
