"""Units as people write them: signs for the UCUM codes of quantities and KPIs, in French and in English."""

from collections.abc import Mapping

from sensors.language import Language

# UCUM codes that people write otherwise; those that are not here are written as they are.
SIGN_BY_UNIT: Mapping[str, str] = {
    "Cel": "°C", "deg": "°", "[pH]": "", "[ppm]": "ppm", "[ppb]": "ppb", "dB[mW]": "dBm", "{NTU}": "NTU",
    "kW.h": "kWh", "W.h": "Wh", "kvar.h": "kvarh", "V.A": "VA", "kW.h/m2": "kWh/m²", "W.h/m2": "Wh/m²",
    "kW.h/km": "kWh/km", "W/m2": "W/m²", "W/(lx.m2)": "W/(lx·m²)", "m2": "m²", "m3": "m³", "m3/h": "m³/h",
    "m/s2": "m/s²", "ug/m3": "µg/m³", "uS/cm": "µS/cm", "um/m": "µm/m", "/min": "min⁻¹",
    "{EUR}": "€", "kg/{EUR}": "kg/€",
}  # fmt: skip
WORD_BY_UNIT: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "/d": "/jour", "K.d": "DJU", "kW.h/(K.d)": "kWh/DJU", "a": "ans", "d": "j", "By": "octets",
        "{round}": "tournées", "{lift}": "levées", "{failure}": "pannes",
    },
    "en": {
        "/d": "/day", "K.d": "HDD", "kW.h/(K.d)": "kWh/HDD", "a": "years", "d": "d", "By": "bytes",
        "{round}": "rounds", "{lift}": "lifts", "{failure}": "failures",
    },
}  # fmt: skip


def sign_of(unit: str) -> str:
    """Give a unit (UCUM) as people of both languages write it, behind a quantity that says what is counted.

    >>> sign_of("m3/h"), sign_of("bar"), sign_of("{person}"), sign_of("1")
    ('m³/h', 'bar', '', '')
    """
    return SIGN_BY_UNIT.get(unit, "" if unit == "1" or unit.startswith("{") else unit)


def unit_in(unit: str, language: Language) -> str:
    """Give a unit (UCUM) in the reader's language, where nothing else says what is counted.

    >>> unit_in("d", "fr"), unit_in("{round}", "en"), unit_in("Cel", "fr")
    ('j', 'rounds', '°C')
    """
    return WORD_BY_UNIT[language].get(unit) or sign_of(unit)
