"""What the fields of a Tasmota device mean: its energy meter, the French meters' Teleinfo (TIC), and its sensors."""

from collections.abc import Mapping

from sensors.decoded import Fields, Target

# A tariff's index is a channel; the names of the two common ones are those of the electricity meter's type
_INDEXES = {
    "base": "base",
    "hchc": "off_peak",
    "hchp": "peak",
    "ejphn": "ejphn",
    "ejphpm": "ejphpm",
    **{name: name for name in ("bbrhcjb", "bbrhpjb", "bbrhcjw", "bbrhpjw", "bbrhcjr", "bbrhpjr")},
    **{f"easf{number:02}": f"easf{number:02}" for number in range(1, 11)},
}
_PHASES = ("1", "2", "3")


def _by_phase(name: str, quantity: str, unit: str) -> dict[str, Target | None]:
    return {f"{name}{phase}": Target(quantity, unit, f"l{phase}") for phase in _PHASES}


_METERED = {
    "total": ("active_energy", "kW.h"),
    "power": ("active_power", "W"),
    "apparentpower": ("apparent_power", "V.A"),
    "reactivepower": ("reactive_power", "var"),
    "factor": ("power_factor", "1"),
    "voltage": ("voltage", "V"),
    "current": ("current", "A"),
    "frequency": ("frequency", "Hz"),
}
ENERGY: Fields = {
    **{name: Target(*meaning) for name, meaning in _METERED.items()},
    **{key: target for name, meaning in _METERED.items() for key, target in _by_phase(name, *meaning).items()},
    "exportactive": Target("exported_energy", "kW.h"),
    # Parts of the total, and shares of the subscribed current
    **dict.fromkeys(("yesterday", "today", "period", "load", "exporttariff", "totaltariff", "totalstarttime"), None),
}

# Teleinfo: in historic mode the old labels, in standard mode the Linky's own. Enedis-NOI-CPT_54E.
TIC: Fields = {
    **{label: Target("active_energy", "W.h", channel) for label, channel in _INDEXES.items()},
    "east": Target("active_energy", "W.h"),
    "eait": Target("exported_energy", "W.h"),
    "papp": Target("apparent_power", "V.A"),
    "sinsts": Target("apparent_power", "V.A"),
    "sinsti": None,  # of what is fed back
    "iinst": Target("current", "A"),
    "irms": Target("current", "A"),
    "urms": Target("voltage", "V"),
    **_by_phase("iinst", "current", "A"),
    **_by_phase("irms", "current", "A"),
    **_by_phase("urms", "voltage", "V"),
    **_by_phase("sinsts", "apparent_power", "V.A"),
    # Contract, tariff, maxima, addresses and counters of the meter itself
    **dict.fromkeys(("adco", "adsc", "isousc", "imax", "imax1", "imax2", "imax3", "pmax", "pref", "pcoup"), None),
    **dict.fromkeys(("optarif", "ptec", "hhphc", "motdetat", "ntarf", "njourf", "stge", "ppot", "adps"), None),
    **dict.fromkeys(("vtic", "prm", "relais", "njourf+1", "ccasn", "ccasn-1", "umoy1", "umoy2", "umoy3"), None),
    **dict.fromkeys(("smaxsn", "smaxsn1", "smaxsn2", "smaxsn3", "smaxsn-1", "pjourf+1", "date"), None),
    **dict.fromkeys((f"easd{number:02}" for number in range(1, 5)), None),  # the same energy by the grid's tariff
    **dict.fromkeys((f"erq{number}" for number in range(1, 5)), None),  # reactive energy by quadrant
}
# What Tasmota derives from the meter's labels, power in V.A under the name of power in W among it
FROM_TIC = frozenset({"power", "current", "voltage", "apparentpower"})

SENSOR: Fields = {
    "temperature": Target("temperature", "Cel"),
    "humidity": Target("relative_humidity", "%"),
    "dewpoint": Target("dew_point", "Cel"),
    "pressure": Target("air_pressure", "hPa"),
    "illuminance": Target("illuminance", "lx"),
    "carbondioxide": Target("co2", "[ppm]"),
    "tvoc": Target("voc", "[ppb]"),
    "pm2.5": Target("pm2_5", "ug/m3"),
    "pm10": Target("pm10", "ug/m3"),
    "distance": Target("distance", "cm"),
    "weight": Target("weight", "kg"),
    **dict.fromkeys(("id", "seapressure", "address"), None),
}
CHIP: Fields = {"temperature": Target("device_temperature", "Cel")}

SECTIONS: Mapping[str, Fields] = {"ENERGY": ENERGY, "TIC": TIC, "ESP32": CHIP}
# The document's own field that says in which unit the values of a quantity are
UNIT_FIELDS: Mapping[str, str] = {
    "temperature": "TempUnit",
    "dew_point": "TempUnit",
    "device_temperature": "TempUnit",
    "air_pressure": "PressureUnit",
}
UNITS: Mapping[str, str] = {"C": "Cel", "F": "[degF]"}
