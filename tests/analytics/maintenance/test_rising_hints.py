"""Machines whose vibration, envelope, current or doors rise above their usual level, and those that only work on."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import (
    Span,
    Verdict,
    bearing_damage,
    fan_wear,
    lift_doors_slow,
    lift_vibration,
    motor_current_high,
)
from analytics.maintenance.gauges import Floats, take
from store.gauge_hours import GaugeHours

START = datetime(2025, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 60
WORN_DAY = 40
Rows = list[GaugeHours]
Tell = Callable[[Sequence[GaugeHours], Span], list[Verdict]]


def a_span(n_days: int = N_DAYS) -> Span:
    """Midnight by midnight."""
    ends = tuple(START + (n + 1) * DAY for n in range(n_days))
    return Span(START, ends[-1], "Europe/Paris", ends)


def hours(n_days: int = N_DAYS) -> Floats:
    """Hours since the start."""
    return np.arange(n_days * 24, dtype=np.float64)


def a_row(quantity: str, values: Floats, channel: str = "", asset_id: int = 5) -> GaugeHours:
    """Hours of one gauge of a machine, four values each; NaN where it is silent."""
    known = ~np.isnan(values)
    own, full = values[known], np.full(int(known.sum()), 3600.0)
    begins = (START.timestamp() + 3600.0 * np.arange(values.size))[known]
    about = (len(quantity + channel), asset_id, "Machine 1", None, {}, quantity)
    return GaugeHours(*about, begins, own, own, own, full, full / 900, channel)


def scatter(seed: int, share: float, n_days: int = N_DAYS) -> Floats:
    """Noise of hours, and of days that differ."""
    draws = np.random.default_rng(seed)
    days = np.repeat(draws.lognormal(0, share / 2, n_days), 24)
    return np.asarray(days * draws.lognormal(0, share, n_days * 24), dtype=np.float64)


def works_by_day(n_days: int = N_DAYS) -> Floats:
    """1 from six to twenty on weekdays, else 0."""
    at = hours(n_days)
    return np.asarray((at % 24 >= 6) & (at % 24 < 20) & (at // 24 % 7 < 5), dtype=np.float64)


def fan(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """Two fans that follow the day's demand and rest at night; the return fan wears."""
    works, draws = works_by_day(n_days), np.random.default_rng(seed)
    percent = works * np.clip(70 + 15 * np.sin(hours(n_days) / 5) + draws.normal(0, 3, works.size), 30, 100)
    vibration = 0.05 + 1.6 * (percent / 70) ** 2
    return [
        a_row("fan_speed", percent, "supply"),
        a_row("fan_speed", percent, "return"),
        a_row("vibration_velocity", vibration * scatter(seed, 0.04, n_days), "supply"),
        a_row("vibration_velocity", vibration * worn * scatter(seed + 1, 0.04, n_days), "return"),
    ]


def bearing(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """A pump that starts and stops through the day, without a speed."""
    runs = np.random.default_rng(seed).random(n_days * 24) < 0.6
    return [a_row("vibration_envelope", np.where(runs, 3.0 * worn, 0.1) * scatter(seed, 0.12, n_days))]


def motor(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """A pump on the grid whose flow follows the day and the season; its current goes with the flow."""
    at, draws = hours(n_days), np.random.default_rng(seed)
    season = 1 + 0.15 * np.sin(at / 24 / 60 * np.pi)
    flow = season * (30 + 10 * np.sin((at % 24 - 8) / 12 * np.pi)) * draws.normal(1, 0.04, at.size)
    amperes = (8 + 0.2 * flow) * worn * scatter(seed, 0.015, n_days)
    return [a_row("flow", flow), a_row("current", amperes)]


def blind_motor(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """A pump that starts and stops, and tells nothing but its current."""
    runs = np.random.default_rng(seed).random(n_days * 24) < 0.5
    return [a_row("current", np.where(runs, 12 * worn, 0.0) * scatter(seed, 0.04, n_days))]


def fan_motor(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """A fan's motor, whose current goes by the cube of its speed."""
    percent = fan(seed, 1.0, n_days)[0].mean
    amperes = 6 * (percent / 70) ** 3 * worn * scatter(seed, 0.03, n_days)
    return [a_row("fan_speed", percent, "supply"), a_row("current", amperes, "supply")]


def doors(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """A lift's doors: hours by day, each of which is that of a cycle or few; on busy days they are held open."""
    held = np.repeat(np.random.default_rng(seed).choice([1.0, 1.1], n_days), 24)
    seconds = 9.0 * held * worn * scatter(seed, 0.15, n_days)
    return [a_row("door_cycle_duration", np.where(hours(n_days) % 24 >= 7, seconds, np.nan))]


def ride(seed: int, worn: Floats | float, n_days: int = N_DAYS) -> Rows:
    """A lift's vibration, at rest at night."""
    return [a_row("vibration_velocity", (0.05 + works_by_day(n_days) * 1.8 * worn) * scatter(seed, 0.08, n_days))]


KINDS: dict[str, tuple[Tell, Callable[..., Rows], float]] = {
    "fan": (fan_wear.tell, fan, 1.6),
    "bearing": (bearing_damage.tell, bearing, 3.0),
    "motor": (motor_current_high.tell, motor, 1.22),
    "blind motor": (motor_current_high.tell, blind_motor, 1.4),
    "fan motor": (motor_current_high.tell, fan_motor, 1.25),
    "doors": (lift_doors_slow.tell, doors, 1.5),
    "ride": (lift_vibration.tell, ride, 1.5),
}


def worn_from(day: int, times: float, until: int = N_DAYS) -> Floats:
    """A level that climbs for five days, stays, and is as before once it is mended."""
    at = hours() / 24
    return np.asarray(np.where(at < until, 1 + (times - 1) * np.clip((at - day) / 5, 0, 1), 1.0), dtype=np.float64)


def told(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that say it is there."""
    return [verdict for verdict in verdicts if verdict.is_present]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_machine_that_wears_is_told_within_days_and_gone_once_mended(name: str, seed: int) -> None:
    tell, machine, times = KINDS[name]
    verdicts = tell(machine(seed, worn_from(WORN_DAY, times, 52)), a_span())
    found = told(verdicts)
    assert found
    assert START + (WORN_DAY + 2) * DAY <= found[0].at <= START + (WORN_DAY + 10) * DAY
    assert START + (WORN_DAY - 3) * DAY <= found[0].started_at < found[0].at
    assert found[-1].score == pytest.approx(times - 1, abs=0.2 * times)
    assert "To do: " in found[0].sentence_en
    assert "À faire : " in found[0].sentence_fr
    mended = [verdict for verdict in verdicts if verdict.at > START + 55 * DAY]
    assert not told(mended)
    assert False in {verdict.is_present for verdict in mended}


@pytest.mark.parametrize("name", KINDS)
def test_years_of_machines_that_only_work_raise_nothing(name: str) -> None:
    """Twelve of 180 days each: three hundred asset-weeks, of which three may be told falsely."""
    tell, machine, _ = KINDS[name]
    ends = tuple(START + n * DAY for n in range(10, 181, 2))
    span = Span(START, ends[-1], "UTC", ends)
    n_told = sum(bool(told(tell(machine(seed, 1.0, 180), span))) for seed in range(100, 112))
    assert n_told == 0


def test_fan_is_named_and_one_that_grinds_is_urgent() -> None:
    found, grinding = (told(fan_wear.tell(fan(1, worn_from(WORN_DAY, times)), a_span())) for times in (1.6, 6.0))
    assert "its return fan" in found[0].sentence_en
    assert "du ventilateur de reprise" in found[0].sentence_fr
    assert [found[-1].severity, grinding[-1].severity] == ["warning", "urgent"]
    assert found[-1].evidence is not None
    assert found[-1].evidence["channel"] == "return"


def test_one_fan_that_is_not_known_leaves_a_unit_undecided() -> None:
    rows = fan(1, 1.0)
    silent = [*rows[:3], take(rows[3], slice(0, 24 * 30))]
    assert fan_wear.tell(rows, a_span())[-1].is_present is False
    assert fan_wear.tell(silent, a_span())[-1].is_present is None


def test_fan_that_turns_faster_for_weeks_is_no_wear() -> None:
    """Half as fast again takes three times the current and twice the vibration."""
    faster = np.where(hours() >= 24 * 30, 1.5, 1.0)
    percent = works_by_day() * 50 * faster * np.random.default_rng(3).normal(1, 0.02, hours().size)
    speed = a_row("fan_speed", percent, "supply")
    current = a_row("current", 6 * (percent / 50) ** 3, "supply")
    vibration = a_row("vibration_velocity", 1.5 * (percent / 50) ** 2, "supply")
    until = a_span(44)  # until then most hours are slow
    assert not told(motor_current_high.tell([speed, current], until))
    assert not told(fan_wear.tell([speed, vibration], until))
    assert told(motor_current_high.tell([current], until))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("value", [0.0, -5.0, 1e300, np.inf, np.nan])
def test_any_number_is_answered(name: str, value: float) -> None:
    tell, machine, _ = KINDS[name]
    rows = machine(1, 1.0)
    for row in rows:
        for values in (row.low, row.mean, row.high):
            values[row.begins_s.size // 2 :] = value
    for verdict in tell(rows, a_span()):
        assert np.isfinite(verdict.score)


@pytest.mark.parametrize("name", KINDS)
def test_few_days_and_days_long_ago_say_nothing(name: str) -> None:
    tell, machine, _ = KINDS[name]
    early = [take(row, row.between(0.0, (START + 5 * DAY).timestamp())) for row in machine(1, 1.0)]
    assert {verdict.is_present for verdict in tell(early, a_span())} == {None}
