"""Names of fields that people give: the usual ones, and those that carry their unit (`power_W`, `distance_cm`).

For formats whose senders choose the names; a format with names of its own has its table beside it. A territory's own
names are `Fields` of its own, put before these: `{**WITH_UNITS, **own}`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sensors.decoded import COMMON, Fields, Item, Target
from sensors.plausible import RawColumn, Refusal
from sensors.quantity import QUANTITIES
from sensors.unit import UnitError, conversion

# The end of a name in lower case, and the unit it stands for, where the quantity can have it. Not `mwh`, which is two
ENDINGS: Mapping[str, str] = {
    "w": "W",
    "kw": "kW",
    "wh": "W.h",
    "kwh": "kW.h",
    "va": "V.A",
    "kva": "kV.A",
    "var": "var",
    "v": "V",
    "mv": "mV",
    "a": "A",
    "ma": "mA",
    "hz": "Hz",
    "lx": "lx",
    "lux": "lx",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "c": "Cel",
    "degc": "Cel",
    "celsius": "Cel",
    "f": "[degF]",
    "degf": "[degF]",
    "pct": "%",
    "percent": "%",
    "pa": "Pa",
    "hpa": "hPa",
    "kpa": "kPa",
    "bar": "bar",
    "mbar": "mbar",
    "mm": "mm",
    "cm": "cm",
    "m": "m",
    "l": "l",
    "m3": "m3",
    "m3h": "m3/h",
    "lh": "l/h",
    "ls": "l/s",
    "kg": "kg",
    "g": "g",
    "deg": "deg",
    "db": "dB",
    "dbm": "dB[mW]",
    "h": "h",
    "s": "s",
    "ms": "m/s",
    "kmh": "km/h",
    "ugm3": "ug/m3",
    "rpm": "/min",
}
# What people call a quantity beside its own name
NAMES: Mapping[str, tuple[str, ...]] = {
    "active_power": ("power",),
    "active_energy": ("energy",),
    "temperature": ("temp",),
    "relative_humidity": ("humidity", "rh"),
    "dimming_level": ("dim", "dimming", "dimlevel"),
    "fill_level": ("fill", "filling"),
    "battery_level": ("battery", "bat"),
    "battery_voltage": ("battery", "bat", "vbat"),
    "air_pressure": ("pressure",),
    "frequency": ("freq",),
    "illuminance": ("light",),
    "water_volume": ("volume",),
    "sound_level": ("noise", "sound"),
}


def raw_columns(timed: Iterable[tuple[int | Refusal, Sequence[Item]]]) -> list[RawColumn]:
    """Gather the values of one series into one column, in the order in which they come."""
    times: dict[tuple[str, str, str | None], list[int | Refusal]] = {}
    values: dict[tuple[str, str, str | None], list[object]] = {}
    for at_us, items in timed:
        for channel, quantity, unit, value in items:
            key = (channel, quantity, unit)
            times.setdefault(key, []).append(at_us)
            values.setdefault(key, []).append(value)
    return [RawColumn(*key, times[key], values[key]) for key in values]


def _with_units() -> Iterator[tuple[str, Target]]:
    for quantity in QUANTITIES.values():
        if quantity.kind == "state":
            continue
        for name in (quantity.name, *NAMES.get(quantity.name, ())):
            for ending, unit in ENDINGS.items():
                if _is_possible(unit, quantity.unit):
                    yield name.replace("_", "") + ending, Target(quantity.name, unit)


def _is_possible(unit: str, canonical: str) -> bool:
    try:
        conversion(unit, canonical)
    except UnitError:
        return False
    return True


WITH_UNITS: Fields = {**dict(_with_units()), **COMMON}
