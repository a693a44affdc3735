"""Figures of burn hours and of EN 13201-5: values, bounds, completeness, and what is withheld."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from analytics.baseline.nights import Place
from analytics.kpi.figure import Figure
from analytics.kpi.lighting_density import DensityInputs, tell_densities
from analytics.kpi.lighting_hours import HourInputs, tell_cabinets, tell_lamps
from analytics.lighting.duty import duty_of, make_clock
from store.baseline import ScheduledHours
from store.lighting import CabinetFacts, CountedSpells, PowerHours, YearCount

ZONE = "Europe/Paris"
BEGIN, END = datetime(2026, 2, 1, 11, tzinfo=UTC), datetime(2026, 3, 1, 11, tzinfo=UTC)
CLOCK = make_clock(BEGIN, END, ZONE)
PLACE = Place(5.1, 47.5, ZONE, 3.0)
OFF = ScheduledHours(1, "switch_off", time(1), time(4), 0.0, date(2025, 1, 1), None)
DUTY = duty_of(CLOCK, PLACE, (OFF,))
CABINET = CabinetFacts(1, 5.1, 47.5, None, 0, 6, 6.0, None, None, None, None)
WATTS = np.round(40.0 * DUTY.owed + 0.5, 3)


def a_lamp(asset_id: int, watts: np.ndarray = WATTS, **more: object) -> PowerHours:
    known = tuple(None if np.isnan(one) else float(one) for one in watts)
    return replace(PowerHours(asset_id, 1, asset_id, 5.1, 47.5, 40.0, 0, known), **more)


def inputs_of(*lamps: PowerHours) -> HourInputs:
    return HourInputs(lamps, (OFF,), (CABINET,), BEGIN, END, ZONE)


def by_key(figures: list[Figure]) -> dict[tuple[str, int | None], Figure]:
    return {(figure.kpi, figure.asset_id): figure for figure in figures}


LAMPS = [a_lamp(number) for number in range(10, 16)]


def test_burn_hours_against_the_astronomical_hours_less_the_councils() -> None:
    figures = by_key(tell_lamps(inputs_of(*LAMPS)))
    burn = figures["street_light_burn_hours", 10]
    assert burn.value == pytest.approx(DUTY.dark.sum() - 28 * 3, abs=1)
    assert burn.baseline == pytest.approx(DUTY.owed.sum())
    assert (burn.low, burn.high, burn.completeness) == (burn.value, burn.value, 1.0)
    assert figures["street_light_availability", None].value == 1.0
    assert figures["street_light_burn_hours", None].value == pytest.approx(burn.value)
    assert ("street_light_hours_dark", 1) in figures


def test_a_lamp_out_lowers_availability_and_loses_energy() -> None:
    out = np.array(WATTS)
    nights = (np.arange(out.size) >= 240) & (np.arange(out.size) < 312)
    out[nights] = 0.5
    figures = by_key(tell_lamps(inputs_of(a_lamp(10, out), *LAMPS[1:])))
    n_hours = (nights & (DUTY.owed >= 0.99)).sum()
    on_duty = (DUTY.owed >= 0.99).sum()
    assert figures["street_light_availability", 10].value == pytest.approx(1 - n_hours / on_duty)
    assert figures["street_light_availability", None].value == pytest.approx(1 - n_hours / on_duty / 6)
    assert figures["street_light_outage_energy", 1].value == pytest.approx(0.0405 * n_hours, rel=0.01)
    assert figures["street_light_hours_dark", None].value == pytest.approx(DUTY.owed[nights].sum() / 6, rel=0.01)


def test_hours_nobody_knows_are_bounds() -> None:
    gap = np.array(WATTS)
    gap[100:150] = np.nan
    figures = by_key(tell_lamps(inputs_of(a_lamp(10, gap), *LAMPS[1:])))
    burn, share = figures["street_light_burn_hours", 10], figures["street_light_availability", 10]
    whole = figures["street_light_burn_hours", 11].value or 0
    assert burn.value == pytest.approx(whole, abs=0.5)
    assert (burn.low or 0) == pytest.approx(whole - DUTY.owed[100:150].sum(), abs=0.5)
    assert (burn.high or 0) == pytest.approx((burn.low or 0) + 50, abs=0.01)
    assert (share.low or 0) < 1.0 == share.value == share.high
    assert burn.completeness == pytest.approx(1 - 50 / 672)


def test_a_silent_lamp_a_lamp_without_position_and_no_lamp() -> None:
    silent = a_lamp(10, np.full(WATTS.size, np.nan))
    lost = replace(LAMPS[1], longitude=None)
    figures = by_key(tell_lamps(inputs_of(silent, lost)))
    assert figures["street_light_burn_hours", 10].value is None
    assert "0%" in str(figures["street_light_burn_hours", 10].withheld)
    assert "no position" in str(figures["street_light_burn_hours", 11].withheld)
    assert figures["street_light_availability", None].value is None
    assert tell_lamps(inputs_of()) == []


def test_a_lamp_that_came_in_mid_month_is_expected_from_then_on() -> None:
    half = np.array(WATTS)
    half[:336] = np.nan
    figures = by_key(tell_lamps(inputs_of(a_lamp(10, half, first=336))))
    burn = figures["street_light_burn_hours", 10]
    assert burn.completeness == 1.0
    assert burn.baseline == pytest.approx(DUTY.owed[336:].sum())


def test_a_controller_that_was_replaced_is_one_lamp() -> None:
    early, late = np.array(WATTS), np.array(WATTS)
    early[300:], late[:300] = np.nan, np.nan
    rows = (a_lamp(10, early), a_lamp(10, late, series_id=99, first=300))
    burn = by_key(tell_lamps(inputs_of(*rows)))["street_light_burn_hours", 10]
    assert burn.value == pytest.approx(by_key(tell_lamps(inputs_of(LAMPS[0])))["street_light_burn_hours", 10].value)


def test_cabinets_have_hours_of_their_own() -> None:
    cabinet = replace(a_lamp(1, 50 * WATTS), parent_id=None, nominal_w=None)
    figures = by_key(tell_cabinets(inputs_of(cabinet)))
    assert figures["light_cabinet_burn_hours", 1].value == pytest.approx(DUTY.owed.sum(), abs=1)
    assert figures["light_cabinet_hours_dark", None].value == pytest.approx(0, abs=1)


KW = 0.02 + 2.0 * DUTY.owed
SPELLS = CountedSpells(
    1, 1, tuple(CLOCK.begins_s + 3600.0 * (n + 1) for n in range(KW.size)), (3600.0,) * KW.size, tuple(KW.tolist())
)
YEAR_S = 365 * 86_400.0
LIT = replace(CABINET, n_lamps=20.0, street_length_m=500.0, lit_area_m2=4000.0, illuminance_lx=10.0)
COUNT = YearCount(1, 1, 6000.0, YEAR_S)
DENSITY = DensityInputs((COUNT,), (SPELLS,), (LIT,), (OFF,), END - timedelta(days=365), BEGIN, END, ZONE)


def test_en_13201_5_stands_with_its_operating_profile() -> None:
    figures = by_key(tell_densities(DENSITY))
    power, energy = figures["lighting_power_density", 1], figures["lighting_energy_density", 1]
    assert power.value == pytest.approx(2020 / (4000 * 10), rel=0.01)
    assert energy.value == pytest.approx(6000 * 1000 / 4000)
    profile = energy.proof["operating_profile"]
    assert [one["level"] for one in profile] == [1.0, 0.0]
    assert sum(one["hours"] for one in profile) == pytest.approx(4100, abs=60)
    assert profile[1]["hours"] == pytest.approx(3 * 365, abs=1)
    assert profile[0]["power_w"] == pytest.approx(2020, rel=0.01)
    assert figures["lighting_energy_per_lamp", 1].value == pytest.approx(300)
    assert figures["lighting_energy_per_km", 1].value == pytest.approx(12_000)
    assert figures["lighting_energy_density", None].value == energy.value


@pytest.mark.parametrize(
    ("inputs", "kpi", "reason"),
    [
        (replace(DENSITY, cabinets=(CABINET,)), "lighting_power_density", "illuminance are not entered"),
        (replace(DENSITY, cabinets=(CABINET,)), "lighting_energy_density", "lit area is not entered"),
        (replace(DENSITY, cabinets=(CABINET,)), "lighting_energy_per_km", "length of the street"),
        (replace(DENSITY, cabinets=(replace(LIT, n_lamps=0.0),)), "lighting_energy_per_lamp", "number of lamps"),
        (replace(DENSITY, spells=()), "lighting_power_density", "too few hours"),
        (replace(DENSITY, counts=(YearCount(1, 1, 900.0, YEAR_S / 5),)), "lighting_energy_per_lamp", "too little data"),
        (replace(DENSITY, counts=(YearCount(1, 1, -5.0, YEAR_S),)), "lighting_energy_per_lamp", "negative energy"),
        (replace(DENSITY, cabinets=(replace(LIT, latitude=None),)), "lighting_power_density", "no position"),
    ],
)
def test_what_cannot_be_told_is_withheld(inputs: DensityInputs, kpi: str, reason: str) -> None:
    for asset_id in (1, None):
        figure = by_key(tell_densities(inputs))[kpi, asset_id]
        assert figure.value is None
        assert reason in str(figure.withheld)


def test_time_not_counted_widens_the_year() -> None:
    some = replace(DENSITY, counts=(YearCount(1, 1, 4800.0, 0.8 * YEAR_S),))
    figure = by_key(tell_densities(some))["lighting_energy_per_lamp", 1]
    assert figure.value == pytest.approx(300)
    assert (figure.low, figure.completeness) == (pytest.approx(240), pytest.approx(0.8))
    assert (figure.high or 0) > 400
