"""Rules of air handling units: each is broken by its own trouble and by nothing else, whatever else comes in."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.hvac.diagnosis import CONFIDENT, diagnose
from analytics.hvac.outlook import DAY_S, look
from analytics.hvac.unit import Steps, lay_out
from tests.support.units import MONDAY_S, a_unit, with_noise

COLD_FREE = {"outdoor": 14.0, "mixed": 14.6, "damper": 0.95, "heating": 0.0, "supply": 15.4}
WARM = {"outdoor": 28.0, "back": 25.0, "mixed": 25.6, "heating": 0.0, "heat_setpoint": 17.0, "cool_setpoint": 17.0}


def test_sound_unit_breaks_no_rule() -> None:
    for steps in (a_unit(), with_noise(a_unit(3), 0.2), a_unit(**COLD_FREE, heat_setpoint=15.0, cool_setpoint=15.0)):
        assert [sign for sign in diagnose(steps, MONDAY_S) if sign.confidence >= 0.1] == []


@pytest.mark.parametrize(
    ("changes", "rule", "kind", "component"),
    [
        ({"mixed": 12.0, "heating": 0.6}, "too_much_outdoor_air", "damper_leaking", "damper"),
        ({"mixed": 7.0, "heating": 0.85}, "too_much_outdoor_air", "damper_stuck", "damper"),
        ({"mixed": 21.0, "heating": 0.05, "damper": 0.5}, "too_little_outdoor_air", "damper_stuck", "damper"),
        ({"mixed_at_rest": 12.0}, "outdoor_air_at_standstill", "damper_leaking", "damper"),
        ({"mixed": 24.5, "supply": 25.0, "heating": 0.0}, "mixed_air_outside", "sensor_bias", "sensor"),
        ({"heating": 0.0}, "heat_not_asked_for", "valve_leaking", "heating_valve"),
        ({"heating": 0.05, "supply": 31.0}, "heat_not_asked_for", "valve_stuck", "heating_valve"),
        (
            {**WARM, "cooling": 0.8, "supply": 17.5, "mixed_at_rest": 33.0},
            "heat_at_standstill",
            "valve_leaking",
            "heating_valve",
        ),
        ({"supply": 18.5}, "no_heat", "valve_stuck", "heating_valve"),
        ({"supply": 14.5}, "cold_not_asked_for", "valve_leaking", "cooling_valve"),
        ({"supply": 9.0}, "cold_not_asked_for", "valve_stuck", "cooling_valve"),
        ({**WARM, "cooling": 1.0, "supply": 25.5}, "no_cold", "valve_stuck", "cooling_valve"),
        ({"cooling": 0.4, "heating": 0.5}, "heats_and_cools", "simultaneous_heating_cooling", "control"),
        ({"heating": 1.0, "supply": 28.5, "heat_setpoint": 31.0}, "weak_heating", "fouled_coil", "heating_coil"),
        ({**WARM, "cooling": 1.0, "supply": 20.0}, "weak_cooling", "fouled_coil", "cooling_coil"),
        (
            {"fan_at_rest": 1.0, "mixed_at_rest": 20.5, "supply_at_rest": 21.5},
            "fan_unasked",
            "schedule_ignored",
            "control",
        ),
    ],
)
def test_trouble_breaks_its_rule(changes: dict[str, float], rule: str, kind: str, component: str) -> None:
    """The surest sign is that of the trouble, and no other kind of fault is said to be there."""
    signs = [sign for sign in diagnose(a_unit(**changes), MONDAY_S) if sign.confidence >= CONFIDENT]
    assert signs[0].rule == rule
    assert {sign.kind for sign in signs} == {kind}
    assert signs[0].component == component
    assert 0 < signs[0].broken_h <= signs[0].applies_h
    assert 0 < signs[0].confidence <= 1


def test_confidence_grows_with_hours_and_margin() -> None:
    of = [diagnose(a_unit(mixed=mixed, heating=0.6), MONDAY_S)[0].confidence for mixed in (15.1, 14.9, 14.0)]
    assert of == sorted(set(of))
    whole, short = a_unit(mixed=15.0, heating=0.6), a_unit(mixed=15.0, heating=0.6)
    short.fan[34:] = 0.0
    assert diagnose(short, MONDAY_S)[0].confidence < diagnose(whole, MONDAY_S)[0].confidence


def test_sensors_own_difference_is_learnt_and_not_taken_for_a_leak() -> None:
    """A mixed air sensor 1 K too cold looks like a damper ajar where outdoor air is nearly as warm as the rooms."""
    draws = np.random.default_rng(2)
    steps = a_unit(3)
    steps.outdoor[:] = 17 + 3 * np.sin(np.arange(len(steps)) / 8)
    steps.mixed[:] = 0.2 * steps.outdoor + 0.8 * steps.back - 1 + draws.normal(0, 0.1, len(steps))
    signs = [sign for sign in diagnose(steps, MONDAY_S) if sign.component == "damper"]
    assert signs
    assert all(sign.confidence < 0.1 for sign in signs)


def test_fault_that_has_gone_is_gone_the_day_after() -> None:
    steps = a_unit(5)
    steps.mixed[: 3 * 96] = 14.0
    during, after = look(steps, MONDAY_S + 3 * DAY_S), look(steps, MONDAY_S + 4 * DAY_S)
    assert during is not None
    assert after is not None
    assert during.sign("damper_leaking") is not None
    assert not during.is_gone("damper_leaking")
    assert after.sign("damper_leaking") is None
    assert after.is_gone("damper_leaking")


def test_cooling_valve_that_sticks_shut_is_named_from_its_first_day_on() -> None:
    """What its coil took in the week before, a command that now does nothing, is no heat through the other valve."""
    steps = a_unit(14, **WARM, cooling=0.7, supply=17.2)
    runs = steps.fan > 0.5
    load = 0.6 + 0.2 * np.sin(np.arange(len(steps)) / 9)
    sticks = runs & (steps.at_s >= MONDAY_S + 7 * DAY_S)
    mixed = np.where(runs, 16.3 + 12 * load, steps.mixed)
    cooling = np.where(sticks, 1.0, np.where(runs, load, 0.0))
    supply = np.where(sticks, mixed + 0.9, steps.supply)
    steps = with_noise(replace(steps, mixed=mixed, outdoor=mixed + 2, cooling=cooling, supply=supply), 0.1)
    for day in range(8, 15):
        outlook = look(steps, MONDAY_S + day * DAY_S)
        assert outlook is not None
        sign = outlook.sign("valve_stuck")
        assert sign is not None
        assert sign.component == "cooling_valve"


def test_day_without_measurements_says_nothing() -> None:
    assert look(a_unit(1), MONDAY_S + 3 * DAY_S) is None
    assert look(lay_out({}), MONDAY_S) is None
    resting = look(a_unit(1, fan=0.0), MONDAY_S + DAY_S)
    assert resting is not None
    assert resting.sign("valve_stuck") is None
    assert not resting.is_gone("valve_stuck")


@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=11, max_size=11),
    n_steps=st.integers(0, 40),
    where=st.integers(0, 39),
)
def test_any_float_gives_defined_signs(values: list[float], n_steps: int, where: int) -> None:
    """NaN, infinities and any size of number, constant or in one step: no exception, confidence from 0 to 1."""
    steps = a_unit().take(slice(20, 20 + n_steps))
    odd = Steps(steps.at_s, *(column.copy() for column in list_columns(steps)))
    for column, value in zip(list_columns(odd), values, strict=True):
        column[where:] = value
    with np.errstate(all="ignore"):
        signs = diagnose(odd, MONDAY_S)
    assert all(0 <= sign.confidence <= 1 for sign in signs)


def list_columns(steps: Steps) -> list[np.ndarray]:
    """Give all columns but the instants."""
    return [getattr(steps, name) for name in Steps.__slots__ if name != "at_s"]
