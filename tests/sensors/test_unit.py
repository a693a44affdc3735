"""Units: conversions agree with published values, run back, and refuse what does not fit."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.quantity import QUANTITIES
from sensors.unit import SPELLINGS, UNITS, UnitError, conversion, convert, find_unit

SAME_DIMENSION = [(a, b) for a in UNITS for b in UNITS if UNITS[a].dimension == UNITS[b].dimension]


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        (32, "[degF]", "Cel", 0),
        (212, "[degF]", "Cel", 100),
        (-40, "Cel", "[degF]", -40),
        (0, "K", "Cel", -273.15),
        (1, "kW.h", "J", 3.6e6),
        (1, "MW.h", "kW.h", 1000),
        (3600, "W.s", "W.h", 1),
        (1, "l/s", "m3/h", 3.6),
        (1, "bar", "kPa", 100),
        (1, "[psi]", "kPa", 6.894757),
        (1.4, "[in_i'H2O]", "Pa", 348.7245),
        (612, "[ppm]", "%", 0.0612),
        (0.35, "1", "%", 35),
        (4, "10.%", "%", 40),
        (90, "km/h", "m/s", 25),
        (1500, "/min", "Hz", 25),
        (3.4, "mm/m", "um/m", 3400),
        (0.00479, "kg/kg", "g/kg", 4.79),
        (12, "1", "{place}", 12),
        (12, "{count}", "{vehicle}", 12),
        (1.5, "kWh", "kW.h", 1.5),
    ],
)
def test_convert_agrees_with_known_values(value: float, from_unit: str, to_unit: str, expected: float) -> None:
    assert convert(value, from_unit, to_unit) == pytest.approx(expected, rel=1e-5, abs=1e-9)


@given(st.sampled_from(SAME_DIMENSION), st.floats(-1e9, 1e9))
def test_convert_runs_back(pair: tuple[str, str], value: float) -> None:
    """There and back gives the value again, to what a double can hold beside the offset."""
    one, other = pair
    there = convert(value, one, other)
    offset = abs(conversion(one, other).offset) / abs(conversion(one, other).factor)
    assert convert(there, other, one) == pytest.approx(value, rel=1e-9, abs=1e-9 * (1 + offset))


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_quantitys_own_unit_changes_nothing(name: str) -> None:
    unit = QUANTITIES[name].unit
    assert conversion(unit, unit) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("from_unit", "to_unit"),
    [("W", "kW.h"), ("Cel", "%"), ("%", "{place}"), ("m", "m/km"), ("C", "Cel"), ("", "W"), ("{}", "{place}")],
)
def test_conversion_refuses_what_does_not_fit(from_unit: str, to_unit: str) -> None:
    with pytest.raises(UnitError):
        conversion(from_unit, to_unit)


@given(st.text(max_size=300))
def test_find_unit_raises_only_its_own_error(code: str) -> None:
    with suppress(UnitError):
        assert math.isfinite(find_unit(code).factor)


def test_spellings_lead_to_units_and_hide_none() -> None:
    assert all(find_unit(code) for code in SPELLINGS)
    assert not SPELLINGS.keys() & UNITS.keys()
