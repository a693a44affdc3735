"""Savings of buildings: drawn truths, energies added up, and every input that cannot be told."""

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pytest

from analytics.baseline.nights import length_s
from analytics.building.inputs import BuildingInputs
from analytics.kpi.building_saving import UNITS, tell_building_savings
from analytics.kpi.figure import Figure
from store.baseline import DayTemperature, Price, ProjectAsset
from store.building import BuildingMeter, HourTemperatures, UsedDay, UsedHours

ZONE = "Europe/Paris"
DAY = timedelta(days=1)
START = date(2026, 1, 1)
FIRST = START - 365 * DAY
PERIOD = (date(2026, 2, 1), date(2026, 3, 1))
SCHOOL, POWER, GAS = 7, 71, 72
PROJECT = ProjectAsset(SCHOOL, "works", None, None, START, FIRST, START, ZONE)
PRICES = (Price("kW.h", 0.2, None, None, None, date(2024, 1, 1), None),)
GAS_PRICES = (Price("m3", 1.1, None, None, None, date(2024, 1, 1), None),)
HEATING_VALUE = 11.0


def warmth(day: date) -> float:
    """A smooth year with a wave of five days."""
    n = day.toordinal()
    return float(11 - 9 * np.cos(2 * np.pi * (n % 365.25 - 16) / 365.25) + 4 * np.sin(n / 5))


WEATHER = tuple(
    DayTemperature(FIRST + n * DAY, warmth(FIRST + n * DAY) - 4, warmth(FIRST + n * DAY) + 4) for n in range(500)
)


def used(asset_id: int, energy: str, first: date, n: int, share: float = 1.0) -> tuple[UsedDay, ...]:
    """Days of a meter: electricity mostly base load, gas mostly heating, two per cent of noise."""
    noise = np.random.default_rng(asset_id + first.toordinal()).normal(1, 0.02, n)
    rows = []
    for index in range(n):
        day = first + index * DAY
        kwh = 100 + 20 * (day.weekday() < 5) if energy == "electricity" else 10 + 25 * max(0.0, 16 - warmth(day))
        amount = share * kwh * float(noise[index]) / (HEATING_VALUE if energy == "gas" else 1.0)
        rows.append(UsedDay(asset_id, asset_id, energy, day, amount, length_s(day, time(0), ZONE), 0))
    return tuple(rows)


BEFORE = used(GAS, "gas", FIRST, 365)
AFTER = used(GAS, "gas", START, 59, share=0.7)
GAS_ONLY = BuildingInputs(
    period=PERIOD,
    projects=(PROJECT,),
    meters=(BuildingMeter(SCHOOL, GAS, "gas"),),
    days=(*BEFORE, *AFTER),
    temperatures=WEATHER,
    electricity_prices=PRICES,
    gas_prices=GAS_PRICES,
    heating_value=HEATING_VALUE,
)
BOTH = replace(
    GAS_ONLY,
    meters=(BuildingMeter(SCHOOL, POWER, "electricity"), BuildingMeter(SCHOOL, GAS, "gas")),
    days=(*GAS_ONLY.days, *used(POWER, "electricity", FIRST, 365), *used(POWER, "electricity", START, 59, share=0.9)),
)


def told(inputs: BuildingInputs, asset_id: int | None = SCHOOL) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_building_savings(inputs) if figure.asset_id == asset_id}


def test_saving_of_a_school_that_was_insulated() -> None:
    """Thirty per cent less gas: found within the interval, which is narrow, as share, energy, euros and emissions."""
    figures = told(GAS_ONLY)
    ratio, energy = figures["building_saving_ratio"], figures["building_energy_saved"]
    assert ratio.value == pytest.approx(0.3, abs=0.01)
    assert (ratio.low or 0) < 0.3 < (ratio.high or 0)
    assert (ratio.high or 0) - (ratio.low or 0) < 0.05
    assert energy.baseline == pytest.approx(
        sum(25 * max(0.0, 16 - warmth(PERIOD[0] + n * DAY)) + 10 for n in range(28)), rel=0.02
    )
    assert figures["building_cost_saved"].value == pytest.approx(1.1 / 11 * (energy.value or 0))
    assert figures["building_emissions_avoided"].value == pytest.approx(0.215 * (energy.value or 0))
    assert energy.completeness == 1.0
    meter = energy.proof["meters"][0]
    assert meter["model"]["kind"] == "heating"
    assert meter["model"]["heating_below_cel"] == pytest.approx(16, abs=0.7)
    assert set(figures) == set(UNITS)


def test_energies_of_a_building_are_added_up_at_their_own_price_and_factor() -> None:
    gas, both = told(GAS_ONLY), told(BOTH)
    power_kwh = (both["building_energy_saved"].value or 0) - (gas["building_energy_saved"].value or 0)
    assert power_kwh == pytest.approx(
        0.1 * sum(100 + 20 * ((PERIOD[0] + n * DAY).weekday() < 5) for n in range(28)), rel=0.1
    )
    assert (both["building_cost_saved"].value or 0) - (gas["building_cost_saved"].value or 0) == pytest.approx(
        0.2 * power_kwh
    )
    more_kg = (both["building_emissions_avoided"].value or 0) - (gas["building_emissions_avoided"].value or 0)
    assert more_kg == pytest.approx(0.0519 * power_kwh)
    assert told(BOTH, None)["building_energy_saved"].value == both["building_energy_saved"].value


def test_bill_is_of_the_same_calendar_days() -> None:
    figures = told(GAS_ONLY)
    then = sum(1.1 * row.amount for row in BEFORE if date(2025, 2, 1) <= row.day < date(2025, 3, 1))
    now = sum(1.1 * row.amount for row in AFTER if PERIOD[0] <= row.day < PERIOD[1])
    assert figures["building_bill_reduction"].value == pytest.approx(then - now)


def test_days_that_nobody_metered_widen_the_interval() -> None:
    cut = replace(GAS_ONLY, days=(*BEFORE, *AFTER[:55]))
    full, less = told(GAS_ONLY)["building_saving_ratio"], told(cut)["building_saving_ratio"]
    assert less.completeness == pytest.approx(24 / 28)
    assert less.value == pytest.approx(full.value, abs=0.02)
    assert (less.high or 0) - (less.low or 0) > (full.high or 0) - (full.low or 0)


def test_replaced_meter_is_one_meter() -> None:
    """In mid-year a new meter with a series of its own takes the place of the old one."""
    changed = tuple(replace(row, series_id=99) if row.day >= date(2025, 7, 1) else row for row in GAS_ONLY.days)
    figure = told(replace(GAS_ONLY, days=changed))["building_saving_ratio"]
    assert figure.value == pytest.approx(0.3, abs=0.01)
    assert figure.proof["meters"][0]["replaced_on"] == ["2025-07-01"]


def test_lasting_change_in_the_baseline_is_flagged_and_widens() -> None:
    """From July on a new wing is used: what would have been is not known as well as the fit says."""
    wing = tuple(
        replace(row, amount=row.amount + 8.0) if date(2025, 7, 1) <= row.day < START else row for row in BEFORE
    )
    figure, plain = (
        told(replace(GAS_ONLY, days=(*wing, *AFTER)))["building_saving_ratio"],
        told(GAS_ONLY)["building_saving_ratio"],
    )
    change = figure.proof["meters"][0]["changed_in_baseline"]
    assert date.fromisoformat(change["on"]) - date(2025, 7, 1) < timedelta(days=14)
    assert change["share"] > 0.2
    assert (figure.high or 0) - (figure.low or 0) > 2 * ((plain.high or 0) - (plain.low or 0))
    assert plain.proof["meters"][0]["changed_in_baseline"] is None


def test_hours_are_used_where_they_are_known() -> None:
    """A year of hours of electricity, a fifth less after: told by hours of the week."""
    midnight = 20_089 * 24  # 2025-01-01 in UTC
    hours = np.arange(midnight, midnight + 425 * 24)
    degrees = np.array([warmth(date(1970, 1, 1) + int(hour // 24) * DAY) for hour in hours])
    kwh = (
        4
        + 3 * (hours % 24 > 7)
        + 0.2 * np.maximum(0, 15 - degrees)
        + np.random.default_rng(3).normal(0, 0.2, hours.size)
    )
    kwh = np.where(hours >= midnight + 365 * 24, 0.8 * kwh, kwh)
    inputs = replace(
        GAS_ONLY,
        meters=(BuildingMeter(SCHOOL, POWER, "electricity"),),
        days=(*used(POWER, "electricity", FIRST, 424),),
        hours=(UsedHours(POWER, POWER, tuple(hours.tolist()), tuple(kwh.tolist())),),
        hour_temperatures=(HourTemperatures(tuple(hours.tolist()), tuple(degrees.tolist())),),
    )
    figure = told(inputs)["building_saving_ratio"]
    assert figure.proof["meters"][0]["model"]["kind"] == "hours of the week and temperature"
    assert figure.value == pytest.approx(0.2, abs=0.01)
    assert (figure.low or 0) < 0.2 < (figure.high or 0)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (replace(GAS_ONLY, days=AFTER), "0 metered days of gas"),
        (replace(GAS_ONLY, days=(*BEFORE[-10:], *AFTER)), "10 metered days of gas"),
        (replace(GAS_ONLY, days=BEFORE), "does not account for any day"),
        (replace(GAS_ONLY, days=(*BEFORE, *AFTER[:40])), "too little data"),
        (replace(GAS_ONLY, days=(*(replace(row, amount=0.0) for row in BEFORE), *AFTER)), "counted nothing"),
        (replace(GAS_ONLY, days=(*(replace(row, amount=-row.amount) for row in BEFORE), *AFTER)), "0 metered days"),
        (replace(GAS_ONLY, days=(*BEFORE[100:250], *AFTER)), "colder or warmer"),
        (replace(GAS_ONLY, temperatures=()), "0 metered days of gas with weather"),
        (replace(GAS_ONLY, heating_value=None), "no heating value"),
        (replace(GAS_ONLY, meters=()), "no meter of electricity"),
    ],
)
def test_what_cannot_be_told_is_withheld(inputs: BuildingInputs, reason: str) -> None:
    for asset_id in (SCHOOL, None):
        figures = told(inputs, asset_id)
        assert {figure.value for figure in figures.values()} == {None}
        assert reason in str(figures["building_energy_saved"].withheld)


def test_no_tariff_withholds_euros_only() -> None:
    figures = told(replace(GAS_ONLY, gas_prices=()))
    assert figures["building_energy_saved"].value is not None
    assert "tariff" in str(figures["building_cost_saved"].withheld)
    assert figures["building_bill_reduction"].value is None


def test_period_before_the_works_is_not_told() -> None:
    assert tell_building_savings(replace(GAS_ONLY, period=(date(2025, 11, 1), date(2025, 12, 1)))) == []
