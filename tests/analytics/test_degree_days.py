"""Heating per degree day: gas and heat, missing days, and what is withheld."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from analytics.baseline.nights import length_s
from analytics.kpi.degree_days import HeatInputs, tell_heat
from analytics.kpi.figure import Figure
from store.baseline import DayTemperature, MeteredDay

ZONE = "Europe/Paris"
DAYS = tuple(date(2026, 3, 1) + timedelta(days=n) for n in range(31))
COLD = tuple(DayTemperature(day, 4.0, 12.0) for day in DAYS)  # ten degree days each
GAS_METER, HEAT_METER, TOWN_HALL, LIBRARY = 1, 2, 10, 20


def metered(asset_id: int, amount: float) -> list[MeteredDay]:
    return [MeteredDay(asset_id, asset_id, day, amount, 0.0, length_s(day, time(0), ZONE), 0) for day in DAYS]


INPUTS = HeatInputs(
    heat=metered(HEAT_METER, 50.0),
    gas=metered(GAS_METER, 20.0),
    buildings={GAS_METER: TOWN_HALL, HEAT_METER: LIBRARY},
    temperatures=COLD,
    heating_value=11.0,
    days=DAYS,
    time_zone=ZONE,
)


def told(inputs: HeatInputs) -> dict[int | None, Figure]:
    return {figure.asset_id: figure for figure in tell_heat(inputs)}


def test_gas_counts_by_its_heating_value_and_heat_as_it_is() -> None:
    figures = told(INPUTS)
    assert figures[TOWN_HALL].value == pytest.approx(22.0)
    assert figures[LIBRARY].value == pytest.approx(5.0)
    assert figures[None].value == pytest.approx(27.0)
    assert (figures[None].low, figures[None].high) == (pytest.approx(27.0), pytest.approx(27.0))


def test_warm_days_are_not_negative_degree_days() -> None:
    """Half of the month at 18 degrees and above brings none."""
    warm = tuple(replace(t, lowest=15.0, highest=30.0) if n % 2 else t for n, t in enumerate(COLD))
    assert told(replace(INPUTS, temperatures=warm))[LIBRARY].proof["degree_days"] == pytest.approx(160.0)


def test_days_without_a_count_are_bounded_by_nothing_and_the_hungriest() -> None:
    hungry = [replace(row, increase=100.0) if row.day == DAYS[0] else row for row in INPUTS.heat]
    figure = told(replace(INPUTS, heat=hungry[:28]))[LIBRARY]
    counted = 100.0 + 27 * 50.0
    assert figure.low == pytest.approx(counted / 310)
    assert figure.value == pytest.approx(counted * 31 / 28 / 310)
    assert figure.high == pytest.approx((counted + 3 * 100.0) / 310)
    assert figure.completeness == pytest.approx(28 / 31)


def test_days_without_a_temperature_are_as_cold_as_the_others() -> None:
    figure = told(replace(INPUTS, temperatures=COLD[:27]))[LIBRARY]
    assert figure.value == pytest.approx(5.0 * 31 / 27, rel=0.2)
    assert figure.proof["degree_days"] == pytest.approx(310.0)
    assert figure.completeness == pytest.approx(27 / 31)


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        (replace(INPUTS, heating_value=None), "heating value of gas"),
        (replace(INPUTS, temperatures=tuple(replace(t, lowest=16.0, highest=19.0) for t in COLD)), "degree days"),
        (replace(INPUTS, temperatures=()), "degree days"),
        (replace(INPUTS, gas=metered(GAS_METER, 20.0)[:10]), "too little data"),
    ],
)
def test_what_cannot_be_told_is_withheld(inputs: HeatInputs, reason: str) -> None:
    figure = told(inputs)[TOWN_HALL]
    assert figure.value is None
    assert reason in str(figure.withheld)
