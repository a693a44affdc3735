"""Area, base load, comfort and degree days of buildings: values, bounds, and what is withheld."""

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.baseline.nights import length_s
from analytics.building.order import median_interval
from analytics.kpi.building_area import AreaInputs, tell_area
from analytics.kpi.building_base_load import BaseLoadInputs, tell_base_load
from analytics.kpi.building_climate import ClimateInputs, tell_climate
from analytics.kpi.building_comfort import ComfortInputs, Limits, tell_comfort
from analytics.kpi.figure import Figure
from store.baseline import DayTemperature
from store.building import BuildingMeter, NightUse, OpeningHours, UsedDay, ZoneHour

ZONE = "Europe/Paris"
DAY = timedelta(days=1)
MARCH = tuple(date(2026, 3, 1) + n * DAY for n in range(31))
HALL, LIBRARY, POWER, GAS = 10, 20, 1, 2


def used(asset_id: int, energy: str, amount: float, n: int = 31) -> list[UsedDay]:
    return [UsedDay(asset_id, asset_id, energy, day, amount, length_s(day, time(0), ZONE), 0) for day in MARCH[:n]]


AREA = AreaInputs(
    areas={HALL: 1000.0, LIBRARY: 500.0},
    meters=[BuildingMeter(HALL, POWER, "electricity"), BuildingMeter(HALL, GAS, "gas")],
    used=[*used(POWER, "electricity", 100.0), *used(GAS, "gas", 20.0)],
    heating_value=11.0,
    days=MARCH,
    time_zone=ZONE,
)


def by_asset(figures: list[Figure], kpi: str) -> dict[int | None, Figure]:
    return {figure.asset_id: figure for figure in figures if figure.kpi == kpi}


def test_energies_are_added_up_over_the_area_of_the_buildings_that_speak() -> None:
    figures = by_asset(tell_area(AREA), "building_energy_per_area")
    assert figures[HALL].value == pytest.approx(31 * (100 + 220) / 1000)
    assert figures[None].value == figures[HALL].value  # the library has no meter: its area tells nothing
    assert LIBRARY not in figures
    assert figures[HALL].completeness == 1.0


def test_days_that_are_missing_are_like_the_others_between_nothing_and_the_hungriest() -> None:
    days = used(POWER, "electricity", 100.0, 28)
    days[0] = replace(days[0], amount=300.0)
    figure = by_asset(tell_area(replace(AREA, used=[*days, *used(GAS, "gas", 0.0)])), "building_energy_per_area")[HALL]
    assert figure.low == pytest.approx(3.0)
    assert figure.value == pytest.approx(3.0 * 31 / 28)
    assert figure.high == pytest.approx(3.0 + 3 * 0.3)


def test_gas_without_a_heating_value_is_withheld() -> None:
    figure = by_asset(tell_area(replace(AREA, heating_value=None)), "building_energy_per_area")[HALL]
    assert figure.value is None
    assert "heating value" in str(figure.withheld)


def nights(watts: list[float]) -> list[NightUse]:
    return [NightUse(POWER, POWER, day, 4 * w / 1000, 4 * 3600.0) for day, w in zip(MARCH, watts, strict=False)]


def test_base_load_is_the_median_night() -> None:
    watts = [800.0] * 25 + [5000.0] * 6  # six evenings of the choir
    figure = by_asset(tell_base_load(BaseLoadInputs(nights(watts), 31)), "building_base_load")[POWER]
    assert (figure.low, figure.value, figure.high) == (800.0, 800.0, 800.0)
    assert figure.completeness == 1.0


@pytest.mark.parametrize(("n", "reason"), [(5, "5 nights"), (20, "too little data")])
def test_base_load_of_few_nights_is_withheld(n: int, reason: str) -> None:
    figure = by_asset(tell_base_load(BaseLoadInputs(nights([800.0] * n), 31)), "building_base_load")[POWER]
    assert figure.value is None
    assert reason in str(figure.withheld)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_median_lies_in_its_interval(values: list[float]) -> None:
    low, middle, high = median_interval(np.array(values))
    assert low <= middle <= high
    assert {low, high} <= set(values)


@pytest.mark.parametrize("n", [6, 20, 31, 90])
def test_interval_of_the_median_covers_it(n: int) -> None:
    """Two thousand skewed months: at least 90 % covered, and no more than the steps of n allow."""
    draws = np.random.default_rng(n)
    truth = np.log(2.0)
    inside = [
        low <= truth <= high for low, _, high in (median_interval(draws.exponential(size=n)) for _ in range(2000))
    ]
    assert 0.885 <= np.mean(inside) <= 0.98


def zone_hours(quantity: str, mean: float, days: tuple[date, ...] = MARCH) -> list[ZoneHour]:
    return [ZoneHour(HALL, quantity, day, hour, mean) for day in days for hour in range(24)]


OPEN = OpeningHours(HALL, time(8), time(17, 30), (0, 1, 2, 3, 4), date(2020, 1, 1), None)
COMFORT = ComfortInputs(zone_hours("temperature", 16.0), [OPEN], Limits(), MARCH)
WEEKDAYS = sum(day.weekday() < 5 for day in MARCH)


def test_cold_counts_while_the_building_is_open_alone() -> None:
    figure = by_asset(tell_comfort(COMFORT), "comfort_temperature_hours")[HALL]
    assert figure.value == pytest.approx(9.5 * WEEKDAYS)
    assert figure.completeness == 1.0


@pytest.mark.parametrize(
    ("quantity", "mean", "share"),
    [("temperature", 20.0, 0.0), ("temperature", 25.5, 1.0), ("co2", 900.0, 0.0), ("co2", 1400.0, 1.0)],
)
def test_limits(quantity: str, mean: float, share: float) -> None:
    figures = tell_comfort(replace(COMFORT, hours=zone_hours(quantity, mean)))
    assert figures[0].value == pytest.approx(share * 9.5 * WEEKDAYS)


def test_summer_has_no_lower_limit_and_a_higher_upper_one() -> None:
    july = tuple(date(2026, 7, 1) + n * DAY for n in range(31))
    for mean, is_hot in ((16.0, False), (26.0, False), (28.0, True)):
        figures = tell_comfort(ComfortInputs(zone_hours("temperature", mean, july), [OPEN], Limits(), july))
        assert ((figures[0].value or 0) > 0) is is_hot


def test_unknown_open_hours_are_well_or_ill() -> None:
    hours = [row for row in COMFORT.hours if row.day.day > 5]
    figure = by_asset(tell_comfort(replace(COMFORT, hours=hours)), "comfort_temperature_hours")[HALL]
    lost = 9.5 * sum(day.weekday() < 5 for day in MARCH[:5])
    assert (figure.high or 0) - (figure.value or 0) == pytest.approx(lost)


def test_without_opening_hours_nothing_is_told() -> None:
    for figure in tell_comfort(replace(COMFORT, opening=[])):
        assert figure.value is None
        assert "opening hours" in str(figure.withheld)


def test_hours_over_midnight_and_twice_entered_count_once() -> None:
    night = replace(OPEN, from_time=time(22), to_time=time(2), weekdays=tuple(range(7)))
    figures = tell_comfort(replace(COMFORT, opening=[night, night]))
    assert figures[0].value == pytest.approx(4 * 31)


def test_degree_days_by_both_methods_and_their_season() -> None:
    mild = [DayTemperature(day, 12.0, 20.0) for day in MARCH]
    figures = {figure.kpi: figure for figure in tell_climate(ClimateInputs(mild, MARCH))}
    assert figures["heating_degree_days"].value == pytest.approx(31 * 2.0)
    assert figures["heating_degree_days_costic"].value == pytest.approx(31 * 6 * (0.08 + 0.42 * 6 / 8))
    july = tuple(date(2026, 7, 1) + n * DAY for n in range(31))
    closed = tell_climate(ClimateInputs([DayTemperature(day, 9.0, 15.0) for day in july], july))[0]
    assert closed.value == 0.0
    assert closed.proof["outside_season"] == pytest.approx(31 * 6.0)


def test_degree_days_of_missing_days_are_bounded() -> None:
    known = [DayTemperature(day, 0.0, 10.0 + day.day % 2) for day in MARCH[:28]]
    figure = tell_climate(ClimateInputs(known, MARCH))[0]
    total = sum(18 - (row.lowest + row.highest) / 2 for row in known)
    assert figure.low == pytest.approx(total + 3 * 12.5)
    assert figure.high == pytest.approx(total + 3 * 13.0)
    assert figure.completeness == pytest.approx(28 / 31)
