"""The units of the field: a small part of UCUM, and the linear conversions between them.

A unit is a dimension, a factor and an offset: `value in base unit = value * factor + offset`. Units of one dimension
convert into each other; all others are refused. Factors are those of The Unified Code for Units of Measure (UCUM 2.1).
"""

from functools import lru_cache
from typing import NamedTuple

_COUNT = "count"


class UnitError(ValueError):
    """The unit is unknown, or measures something else."""


class Unit(NamedTuple):
    """A unit by its dimension and its linear relation to that dimension's base unit."""

    dimension: str
    factor: float
    offset: float = 0.0


class Conversion(NamedTuple):
    """`value * factor + offset` gives the value in the other unit."""

    factor: float
    offset: float


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """Give the value in the other unit. Raises UnitError where the two do not measure the same thing."""
    factor, offset = conversion(from_unit, to_unit)
    return value * factor + offset


@lru_cache(maxsize=4096)
def conversion(from_unit: str, to_unit: str) -> Conversion:
    """Give the factor and offset between two units, usable on one value or on a vector.

    >>> conversion("kW", "W")
    Conversion(factor=1000.0, offset=0.0)
    """
    source, target = find_unit(from_unit), find_unit(to_unit)
    if source == target:
        return Conversion(1.0, 0.0)
    if source.dimension != target.dimension and not _is_plain_count(from_unit, target):
        raise UnitError(f"{from_unit[:40]!r} ({source.dimension}) instead of {to_unit} ({target.dimension})")
    return Conversion(source.factor / target.factor, (source.offset - target.offset) / target.factor)


def find_unit(code: str) -> Unit:
    """Give the unit of a UCUM code or of a spelling that is in common use. Raises UnitError.

    A whole annotation such as `{place}` is a count; counts of different things are one dimension, as in UCUM.
    """
    code = SPELLINGS.get(code, code)
    if (unit := UNITS.get(code)) is not None:
        return unit
    if 2 < len(code) <= 40 and code[0] == "{" and code[-1] == "}" and code.isascii():
        return Unit(_COUNT, 1.0)
    raise UnitError(f"{code[:40]!r} is not a known unit")


def _is_plain_count(code: str, target: Unit) -> bool:
    """UCUM writes a bare number as `1`; a percentage is never a count."""
    return code == "1" and target.dimension == _COUNT


UNITS: dict[str, Unit] = {
    "1": Unit("ratio", 1.0),
    "%": Unit("ratio", 1e-2),
    "10.%": Unit("ratio", 1e-1),  # fill level in tenths
    "[ppm]": Unit("ratio", 1e-6),
    "[ppb]": Unit("ratio", 1e-9),
    "kg/kg": Unit("ratio", 1.0),
    "g/kg": Unit("ratio", 1e-3),
    "m/km": Unit("slope", 1e-3),
    "mm/m": Unit("slope", 1e-3),
    "um/m": Unit("slope", 1e-6),
    "K": Unit("temperature", 1.0),
    "Cel": Unit("temperature", 1.0, 273.15),
    "[degF]": Unit("temperature", 5.0 / 9.0, 273.15 - 32.0 * 5.0 / 9.0),
    "mW": Unit("power", 1e-3),
    "W": Unit("power", 1.0),
    "kW": Unit("power", 1e3),
    "MW": Unit("power", 1e6),
    "V.A": Unit("apparent power", 1.0),
    "kV.A": Unit("apparent power", 1e3),
    "var": Unit("reactive power", 1.0),  # not in UCUM, which has no unit for it; the IEC's symbol
    "kvar": Unit("reactive power", 1e3),
    "var.h": Unit("reactive energy", 1.0),
    "kvar.h": Unit("reactive energy", 1e3),
    "Mvar.h": Unit("reactive energy", 1e6),
    "J": Unit("energy", 1.0),
    "kJ": Unit("energy", 1e3),
    "MJ": Unit("energy", 1e6),
    "GJ": Unit("energy", 1e9),
    "W.s": Unit("energy", 1.0),
    "W.h": Unit("energy", 3.6e3),
    "kW.h": Unit("energy", 3.6e6),
    "MW.h": Unit("energy", 3.6e9),
    "GW.h": Unit("energy", 3.6e12),
    "kW.h/m3": Unit("heat content", 1.0),
    "uV": Unit("voltage", 1e-6),
    "mV": Unit("voltage", 1e-3),
    "V": Unit("voltage", 1.0),
    "kV": Unit("voltage", 1e3),
    "uA": Unit("current", 1e-6),
    "mA": Unit("current", 1e-3),
    "A": Unit("current", 1.0),
    "Hz": Unit("frequency", 1.0),
    "kHz": Unit("frequency", 1e3),
    "/min": Unit("frequency", 1.0 / 60.0),
    "/h": Unit("frequency", 1.0 / 3600.0),
    "lm": Unit("luminous flux", 1.0),
    "lx": Unit("illuminance", 1.0),
    "klx": Unit("illuminance", 1e3),
    "W/m2": Unit("irradiance", 1.0),
    "kW/m2": Unit("irradiance", 1e3),
    "nm": Unit("length", 1e-9),
    "um": Unit("length", 1e-6),
    "mm": Unit("length", 1e-3),
    "cm": Unit("length", 1e-2),
    "dm": Unit("length", 1e-1),
    "m": Unit("length", 1.0),
    "km": Unit("length", 1e3),
    "[in_i]": Unit("length", 0.0254),
    "[ft_i]": Unit("length", 0.3048),
    "m2": Unit("area", 1.0),
    "mg": Unit("mass", 1e-6),
    "g": Unit("mass", 1e-3),
    "kg": Unit("mass", 1.0),
    "t": Unit("mass", 1e3),
    "ml": Unit("volume", 1e-6),
    "l": Unit("volume", 1e-3),
    "L": Unit("volume", 1e-3),
    "dm3": Unit("volume", 1e-3),
    "hl": Unit("volume", 1e-1),
    "m3": Unit("volume", 1.0),
    "l/h": Unit("flow", 1e-3 / 3600.0),
    "l/min": Unit("flow", 1e-3 / 60.0),
    "l/s": Unit("flow", 1e-3),
    "L/s": Unit("flow", 1e-3),
    "m3/d": Unit("flow", 1.0 / 86400.0),
    "m3/h": Unit("flow", 1.0 / 3600.0),
    "m3/s": Unit("flow", 1.0),
    "Pa": Unit("pressure", 1.0),
    "hPa": Unit("pressure", 1e2),
    "kPa": Unit("pressure", 1e3),
    "MPa": Unit("pressure", 1e6),
    "mbar": Unit("pressure", 1e2),
    "bar": Unit("pressure", 1e5),
    "[psi]": Unit("pressure", 6894.757293168361),
    "m[H2O]": Unit("pressure", 9806.65),
    "[in_i'H2O]": Unit("pressure", 249.08891),
    "mm/s": Unit("speed", 1e-3),
    "cm/s": Unit("speed", 1e-2),
    "m/s": Unit("speed", 1.0),
    "km/h": Unit("speed", 1e3 / 3600.0),
    "mm/h": Unit("speed", 1e-3 / 3600.0),
    "[mi_i]/h": Unit("speed", 0.44704),
    "[kn_i]": Unit("speed", 1852.0 / 3600.0),
    "m/s2": Unit("acceleration", 1.0),
    "mm/s2": Unit("acceleration", 1e-3),
    "[g]": Unit("acceleration", 9.80665),
    "deg": Unit("angle", 1.0),
    "rad": Unit("angle", 57.29577951308232),
    "N": Unit("force", 1.0),
    "kN": Unit("force", 1e3),
    "MN": Unit("force", 1e6),
    "us": Unit("time", 1e-6),
    "ms": Unit("time", 1e-3),
    "s": Unit("time", 1.0),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    "wk": Unit("time", 604800.0),
    "ng/m3": Unit("concentration", 1e-9),
    "ug/m3": Unit("concentration", 1e-6),
    "mg/m3": Unit("concentration", 1e-3),
    "ug/l": Unit("concentration", 1e-3),
    "mg/l": Unit("concentration", 1.0),
    "uS/cm": Unit("conductivity", 1.0),
    "mS/cm": Unit("conductivity", 1e3),
    "S/m": Unit("conductivity", 1e4),
    "dB": Unit("level", 1.0),
    "dB[mW]": Unit("power level", 1.0),
    "[pH]": Unit("acidity", 1.0),
    "{NTU}": Unit("turbidity", 1.0),
}

# What gateways write instead of the UCUM code. Nothing ambiguous: "C" is coulomb, "F" farad, "kwh" nobody's.
SPELLINGS: dict[str, str] = {
    "°C": "Cel",
    "degC": "Cel",
    "°F": "[degF]",
    "degF": "[degF]",
    "percent": "%",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "Wh": "W.h",
    "kWh": "kW.h",
    "MWh": "MW.h",
    "VA": "V.A",
    "kVA": "kV.A",
    "varh": "var.h",
    "kvarh": "kvar.h",
    "m³": "m3",
    "m³/h": "m3/h",
    "W/m²": "W/m2",
    "m/s²": "m/s2",
    "µg/m³": "ug/m3",
    "ug/m³": "ug/m3",
    "µm/m": "um/m",
    "ustrain": "um/m",
    "µS/cm": "uS/cm",
    "psi": "[psi]",
    "rpm": "/min",
    "lux": "lx",
    "°": "deg",
    "dBm": "dB[mW]",
    "count": "{count}",
}
