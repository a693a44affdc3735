"""Pumps against their own curve: wear, sensors that are off, and days that are only busier."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, pump_off_curve
from analytics.maintenance.gauges import Floats, take
from analytics.rotating.off_curve import learn_curve, residuals
from store.gauge_hours import GaugeHours

START = datetime(2025, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 50
HOURS = np.arange(N_DAYS * 24)


def a_span(n_days: int = N_DAYS) -> Span:
    """Midnight by midnight, from the twentieth on."""
    ends = tuple(START + n * DAY for n in range(20, n_days + 1))
    return Span(ends[0] - DAY, ends[-1], "UTC", ends)


def row(quantity: str, values: Floats) -> GaugeHours:
    """Hours of one gauge of a pump; NaN where it is silent."""
    known = ~np.isnan(values)
    full = np.full(int(known.sum()), 3600.0)
    begins, own = (START.timestamp() + 3600.0 * HOURS)[known], values[known]
    return GaugeHours(len(quantity), 5, "Pompe 1", None, {}, quantity, begins, own, own, own, full, full)


def a_pump(efficiency: Floats | float = 1.0, busier: Floats | float = 1.0, seed: int = 1) -> list[GaugeHours]:
    """A pump that follows the hours of the day and of the week; power by flow, head and an efficiency of 0.6."""
    draws = np.random.default_rng(seed)
    day = 40 + 18 * np.sin((HOURS % 24 - 8) / 24 * 2 * np.pi) + 4 * np.sin(HOURS / 24 / 7 * 2 * np.pi)
    flow = day * busier * draws.normal(1, 0.04, HOURS.size)
    head = 48 - 0.002 * flow**2 + draws.normal(0, 0.5, HOURS.size)
    watts = (flow * head * 1000 * 9.81 / 3600 / 0.6 + 400) / efficiency * draws.normal(1, 0.01, HOURS.size)
    return [row("flow", flow), row("head", head), row("active_power", watts)]


def present(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Keep those that say it is there."""
    return [verdict for verdict in verdicts if verdict.is_present]


def worn(from_day: int, by: float) -> Floats:
    """An efficiency that falls over ten days."""
    return np.asarray(1 - by * np.clip((HOURS / 24 - from_day) / 10, 0, 1), dtype=np.float64)


def test_pump_that_wears_is_told() -> None:
    found = present(pump_off_curve.tell(a_pump(worn(25, 0.12)), a_span()))
    assert START + 28 * DAY <= found[0].at <= START + 38 * DAY
    assert START + 24 * DAY <= found[0].started_at <= found[0].at
    assert found[-1].score == pytest.approx(1 / 0.88 - 1, abs=0.02)
    assert "de plus que ce que sa propre courbe donne pour son débit" in found[-1].sentence_fr


def test_wear_that_goes_on_from_day_to_day_is_told_at_two_percent() -> None:
    """Of 1 % a day: 0.5, 1.5 and 2.5 % in the middle of the three days; in the middle of three days 3 % come later."""
    efficiency = 1 / (1 + 0.01 * np.clip(HOURS / 24 - 30, 0, None))
    assert present(pump_off_curve.tell(a_pump(efficiency), a_span()))[0].at == START + 33 * DAY


@pytest.mark.parametrize("at_day", [(30,), (30, 31), (30, 32)])
def test_days_off_that_pass_are_no_wear(at_day: tuple[int, ...]) -> None:
    efficiency = np.where(np.isin(HOURS // 24, at_day), 0.96, 1.0)
    assert not present(pump_off_curve.tell(a_pump(efficiency), a_span()))


def test_meter_that_reads_too_much_is_told_as_less_power() -> None:
    over = np.where(HOURS / 24 >= 30, 1 / 0.8, 1.0)
    found = present(pump_off_curve.tell(a_pump(over), a_span()))
    assert found[-1].score == pytest.approx(0.2, abs=0.03)
    assert "débitmètre" in found[-1].sentence_fr


def test_pump_that_is_mended_is_gone() -> None:
    efficiency = np.where(HOURS / 24 < 42, worn(22, 0.15), 1.0)
    verdicts = pump_off_curve.tell(a_pump(efficiency), a_span())
    assert present(verdicts)
    assert verdicts[-1].is_present is False


def test_wear_before_a_repair_does_not_become_the_reference() -> None:
    """Worn when its history begins, mended on the eighth day: it draws less since, which is as it should be."""
    efficiency = np.where(HOURS / 24 < 8, 0.88, 1.0)
    assert pump_off_curve.tell(a_pump(efficiency), a_span())[-1].is_present is False


@pytest.mark.parametrize("seed", range(10))
def test_busier_days_and_other_levels_are_no_wear(seed: int) -> None:
    busier = np.where(HOURS / 24 >= 30, 1.15, 1.0)
    assert not present(pump_off_curve.tell(a_pump(busier=busier, seed=seed), a_span()))


def test_pump_without_flow_is_not_judged_and_one_without_head_is() -> None:
    flow, head, power = a_pump(worn(25, 0.2))
    assert pump_off_curve.tell([head, power], a_span()) == []
    found = present(pump_off_curve.tell([flow, power], a_span()))
    assert found
    assert found[0].evidence is not None
    assert found[0].evidence["has_head"] is False


def by_pressures(rows: Sequence[GaugeHours], before: Floats) -> list[GaugeHours]:
    """The same pump, whose head is told by the pressures before and behind it [bar]."""
    flow, head, power = rows
    inlet, outlet = row("water_pressure", before), row("water_pressure", before + head.mean / 10.197)
    return [flow, power, replace(inlet, channel="inlet"), replace(outlet, channel="outlet")]


def test_head_is_what_pressure_rises_by_from_inlet_to_outlet() -> None:
    own = by_pressures(a_pump(worn(25, 0.12)), 2 + 0.9 * np.sin(HOURS / 72 * 2 * np.pi))
    measured, risen = (present(pump_off_curve.tell(rows, a_span())) for rows in (a_pump(worn(25, 0.12)), own))
    assert risen[0].at == measured[0].at
    assert risen[-1].score == pytest.approx(measured[-1].score, abs=1e-3)
    assert risen[0].evidence is not None
    assert risen[0].evidence["has_head"] is True


@pytest.mark.parametrize("seed", range(3))
def test_well_that_sinks_is_no_wear_where_both_pressures_are_known(seed: int) -> None:
    """From the thirtieth day on the pump lifts 4 m more: by its outlet alone, which stays, it draws too much."""
    draws = np.random.default_rng(seed)
    flow = (40 + 18 * np.sin((HOURS % 24 - 8) / 24 * 2 * np.pi)) * draws.normal(1, 0.04, HOURS.size)
    before = 2 + 0.15 * np.sin(HOURS / 72 * 2 * np.pi) - np.where(HOURS / 24 >= 30, 0.4, 0.0)
    behind = 6.5 - 0.0002 * flow**2 + draws.normal(0, 0.03, HOURS.size)
    watts = (flow * 10.197 * (behind - before) * 4.54 + 400) * draws.normal(1, 0.01, HOURS.size)
    inlet, outlet = (
        replace(row("water_pressure", bar), channel=name) for bar, name in ((before, "inlet"), (behind, "outlet"))
    )
    own = [row("flow", flow), row("active_power", watts), outlet]
    assert not present(pump_off_curve.tell([*own, inlet], a_span()))
    assert present(pump_off_curve.tell(own, a_span()))


def test_hours_of_one_pressure_only_give_no_rise() -> None:
    flow, power, inlet, outlet = by_pressures(a_pump(), np.full(HOURS.size, 2.0))
    early, late = take(inlet, slice(0, 600)), take(outlet, slice(600, None))
    assert pump_off_curve.rise_between(early, late) is None
    assert pump_off_curve.tell([flow, power, early, late], a_span())[-1].is_present is not True


def test_duty_that_was_never_learnt_is_not_judged() -> None:
    draws = np.random.default_rng(2)
    duty = np.column_stack((draws.uniform(20, 60, 100), draws.uniform(40, 50, 100)))
    power = 10 * duty[:, 0] * duty[:, 1]
    curve = learn_curve(duty, power)
    assert curve is not None
    assert np.abs(residuals(curve, duty, power)).max() < 1e-6
    assert np.isnan(residuals(curve, np.array([[90.0, 45.0], [40.0, 80.0]]), np.array([4e4, 3e4]))).all()
    assert learn_curve(duty[:50], power[:50]) is None


@pytest.mark.parametrize("value", [np.inf, -np.inf, 0.0, -5.0, 1e300])
def test_any_number_is_answered(value: float) -> None:
    for quantity in range(3):
        for part in (slice(None), slice(700, None)):
            rows = a_pump()
            rows[quantity].mean[part] = value
            for verdict in pump_off_curve.tell(rows, a_span()):
                assert np.isfinite(verdict.score)
