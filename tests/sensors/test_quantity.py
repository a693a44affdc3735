"""Quantities: every one is complete, storable and never changes its meaning."""

import re

import pytest

from sensors.quantity import QUANTITIES, Quantity, find_quantity
from sensors.unit import find_unit

EVERY_QUANTITY = pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda quantity: quantity.name)

# What is stored under these numbers for ever. A code may be appended here, never moved or taken out.
CODES = {
    "lamp_on": ["off", "on"],
    "lamp_failure": ["normal", "alarm"],
    "breaker": ["closed", "tripped"],
    "door": ["closed", "open"],
    "occupancy": ["free", "occupied", "closed", "unknown"],
    "container_state": ["ok", "lid_open", "dropped", "moved", "burning", "full", "damaged"],
    "presence": ["absent", "present"],
    "occupancy_mode": ["unoccupied", "occupied"],
    "surface_state": ["dry", "moist", "wet", "frost", "snow", "ice"],
    "gateway_online": ["offline", "online"],
    "lift_in_service": ["no", "yes"],
    "fault_label": ["fault_free", "faulty"],
}


@EVERY_QUANTITY
def test_quantity_is_complete(quantity: Quantity) -> None:
    assert re.fullmatch("[a-z][a-z0-9_]{0,63}", quantity.name)
    assert find_quantity(quantity.name) is quantity
    find_unit(quantity.unit)
    assert quantity.low < quantity.high
    assert quantity.longest_hold_s > 0
    assert quantity.name_en
    assert quantity.name_fr


@EVERY_QUANTITY
def test_only_states_have_codes_and_they_run_from_zero(quantity: Quantity) -> None:
    numbers = [code.number for code in quantity.codes]
    assert bool(numbers) == (quantity.kind == "state")
    assert numbers == list(range(len(numbers)))
    assert len({code.slug for code in quantity.codes}) == len(numbers)
    if numbers:
        assert (quantity.low, quantity.high) == (numbers[0], numbers[-1])


@pytest.mark.parametrize(("name", "slugs"), CODES.items(), ids=CODES.keys())
def test_code_numbers_never_change(name: str, slugs: list[str]) -> None:
    quantity = QUANTITIES[name]
    assert [code.slug for code in quantity.codes][: len(slugs)] == slugs
    assert [quantity.code_number(slug) for slug in slugs] == list(range(len(slugs)))


def test_an_unknown_name_is_no_quantity() -> None:
    assert find_quantity("temprature") is None
    assert QUANTITIES["occupancy"].code_number("full") is None
