"""Units are shown as people write them: no code of UCUM is left, in either language."""

import pytest

from sensors.language import Language
from sensors.quantity import QUANTITIES
from sensors.unit_sign import sign_of, unit_in

UNITS = sorted({quantity.unit for quantity in QUANTITIES.values()})
KPI_UNITS = [
    "/d", "By", "K.d", "W/(lx.m2)", "W.h/m2", "a", "d", "kW.h/(K.d)", "kW.h/km", "kW.h/m2", "kg/{EUR}",
    "{EUR}", "{failure}", "{lift}", "{round}",
]  # fmt: skip
MARKS_OF_CODES = ".[]{}"


@pytest.mark.parametrize("unit", UNITS)
def test_sign_of_a_quantity_holds_no_mark_of_a_code(unit: str) -> None:
    assert not set(MARKS_OF_CODES) & set(sign_of(unit))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("unit", KPI_UNITS)
def test_unit_of_a_kpi_is_a_word(unit: str, language: Language) -> None:
    shown = unit_in(unit, language)
    assert shown
    assert not set(MARKS_OF_CODES) & set(shown)


def test_turns_are_told_a_minute() -> None:
    assert sign_of("/min") == "min⁻¹"
