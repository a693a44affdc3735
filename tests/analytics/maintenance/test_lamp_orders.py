"""Lamps that do not follow their dimming, whose power factor falls at once, or that derate: by hand and drawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, dimming_not_followed, driver_ageing, power_factor_low, thermal_derating
from analytics.maintenance.gauges import Floats
from simulators.effect import faults, lookalikes
from store.gauge_hours import GaugeHours
from tests.support.drawn_hours import draw, gauge_days, gauge_hours
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2025, 9, 22, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
N_DAYS, N_LAMPS = 14, 6
HOURS = np.arange(N_DAYS * 24)
CIVIL = (HOURS + 2) % 24
IS_LIT, IS_DIMMED = (CIVIL >= 20) | (CIVIL < 7), (CIVIL >= 23) | (CIVIL < 5)
LEVEL = np.where(IS_LIT, np.where(IS_DIMMED, 50.0, 100.0), 0.0)


def a_span(n_days: int, hour: int) -> Span:
    """So many civil days, told at an hour of each."""
    first = datetime(START.year, START.month, START.day, hour, tzinfo=PARIS)
    ends = tuple((first + (i + 1) * DAY).astimezone(UTC) for i in range(n_days))
    return Span(first.astimezone(UTC), ends[-1], "Europe/Paris", ends)


def accused(verdicts: Sequence[Verdict]) -> set[int | None]:
    """The assets that something is said of."""
    return {verdict.asset_id for verdict in verdicts if verdict.is_present}


def row(asset_id: int, quantity: str, values: Floats, parent_id: int | None = 99) -> GaugeHours:
    """Hours of one gauge."""
    full = np.full(values.size, 3600.0)
    begins = START.timestamp() + 3600.0 * np.arange(values.size)
    about = (100 * asset_id + len(quantity), asset_id, f"Lamp {asset_id}", parent_id, {}, quantity)
    return GaugeHours(*about, begins, values, values, values, full, full)


def watts(level: Floats = LEVEL, seed: int = 1, full_w: float = 60.0) -> Floats:
    """What an LED lamp draws at a level."""
    noise = np.random.default_rng(seed).normal(1, 0.01, level.size)
    return np.asarray((0.6 + full_w * level / 100) * noise, dtype=np.float64)


def test_lamp_that_stays_bright_or_dim_is_told() -> None:
    stuck_bright = np.where(IS_LIT & (HOURS > 100), 100.0, LEVEL)
    stuck_dim = np.where(IS_LIT & (HOURS > 100), 50.0, LEVEL)
    arc = np.where(IS_DIMMED & IS_LIT, 66.0, LEVEL)  # a dimming ballast: half the light at two thirds of the power
    rows = [
        part
        for index, level in enumerate([LEVEL, stuck_bright, stuck_dim, arc, LEVEL], 1)
        for part in (row(index, "active_power", watts(level, index)), row(index, "dimming_command", LEVEL))
    ]
    verdicts = dimming_not_followed.tell(rows, a_span(N_DAYS - 1, 12))
    assert accused(verdicts) == {2, 3}
    first = next(verdict for verdict in verdicts if verdict.is_present and verdict.asset_id == 2)
    assert START + 6 * DAY < first.at < START + 9 * DAY
    assert "50 %" in first.sentence_fr
    gone = {verdict.asset_id for verdict in verdicts if verdict.is_present is False}
    assert gone >= {1, 4, 5}


def short_night(follows: bool) -> list[GaugeHours]:
    """Summer nights of a lamp that is lit within the hour of dusk and dimmed from the next hour on, told hour by hour.

    Means over time hold the darkness before dusk; the level is told once at each, and then held on.
    """
    at_dusk, later = CIVIL == 21, np.isin(CIVIL, (22, 23, 0, 1))
    level = np.where(at_dusk, 100.0, np.where(later, 60.0, 0.0))
    power = watts(np.where(later & ~np.array(follows), 100.0, level))
    told = replace(row(1, "active_power", power), mean=np.where(at_dusk, power / 2, power))
    is_told = at_dusk | (CIVIL == 22)
    known = np.where(is_told, 1900.0, np.where(later, 3600.0, 0.0))
    order = replace(row(1, "dimming_level", level), covered_s=known, n_values=is_told.astype(float))
    return [told, order]


def test_dusk_of_short_nights_is_no_lamp_that_stays_as_it_is() -> None:
    verdicts = dimming_not_followed.tell(short_night(follows=True), a_span(N_DAYS - 1, 12))
    assert not accused(verdicts)
    assert verdicts[-1].is_present is False


def test_lamp_that_does_not_follow_is_told_in_short_nights_too() -> None:
    assert accused(dimming_not_followed.tell(short_night(follows=False), a_span(N_DAYS - 1, 12))) == {1}


def test_level_that_is_told_seldom_is_not_taken_for_what_holds_now() -> None:
    """Told full at ten and dimmed at one: at eleven and midnight nobody has said yet that it is dimmed."""
    is_lit, told = (CIVIL >= 22) | (CIVIL < 5), np.isin(CIVIL, (22, 1, 3, 5))
    power = watts(np.where(is_lit, np.where(CIVIL == 22, 100.0, 50.0), 0.0))
    held = np.where(is_lit, np.where(np.isin(CIVIL, (22, 23, 0)), 100.0, 50.0), 0.0)
    rows = [row(1, "active_power", power), replace(row(1, "dimming_level", held), n_values=told.astype(float))]
    verdicts = dimming_not_followed.tell(rows, a_span(N_DAYS - 1, 12))
    assert not accused(verdicts)
    assert verdicts[-1].is_present is False


def test_one_night_of_an_override_is_no_fault() -> None:
    level = np.where(IS_LIT & (HOURS >= 118) & (HOURS < 130), 100.0, LEVEL)
    rows = [row(1, "active_power", watts(level)), row(1, "dimming_level", LEVEL)]
    assert not accused(dimming_not_followed.tell(rows, a_span(N_DAYS - 1, 12)))


def test_lamp_that_nobody_dims_is_not_judged() -> None:
    full = np.where(IS_LIT, 100.0, 0.0)
    rows = [row(1, "active_power", watts(full)), row(1, "dimming_command", full)]
    assert {verdict.is_present for verdict in dimming_not_followed.tell(rows, a_span(N_DAYS - 1, 12))} <= {None}


def days_of(power: Sequence[Sequence[float]], factor: Sequence[Sequence[float]]) -> list[GaugeHours]:
    """Days of the lamps of one cabinet."""
    rows = []
    for index, pair in enumerate(zip(power, factor, strict=True)):
        for quantity, own in zip(("active_power", "power_factor"), pair, strict=True):
            begins = np.array([(START.replace(tzinfo=PARIS) + i * DAY).timestamp() for i in range(len(own))])
            values, full = np.array(own, dtype=float), np.full(len(own), 80_000.0)
            about = (2 * index + (quantity == "power_factor"), index, f"Lamp {index}", 99, {}, quantity)
            rows.append(GaugeHours(*about, begins, values, values, values, full, full))
    return rows


def test_power_factor_that_falls_at_once_is_a_capacitor_and_no_ageing() -> None:
    fallen = [0.93] * 12 + [0.5] * 10
    rows = days_of([[60.0] * 22] * 6, [*[[0.93] * 22] * 5, fallen])
    verdicts = power_factor_low.tell(rows, a_span(22, 0))
    assert accused(verdicts) == {5}
    first = next(verdict for verdict in verdicts if verdict.is_present)
    assert first.at == (START.replace(tzinfo=PARIS) + 15 * DAY).astimezone(UTC)
    assert "condensateur" in first.sentence_fr
    assert accused(driver_ageing.tell(rows, a_span(22, 0))) == set()


def test_power_factor_that_falls_over_weeks_is_ageing_and_no_capacitor() -> None:
    falling = [0.93] * 10 + [0.93 - 0.03 * n for n in range(1, 13)]
    drawn = [60.0] * 10 + [60.0 + 0.6 * n for n in range(1, 13)]
    rows = days_of([*[[60.0] * 22] * 5, drawn], [*[[0.93] * 22] * 5, falling])
    assert accused(power_factor_low.tell(rows, a_span(22, 0))) == set()
    assert accused(driver_ageing.tell(rows, a_span(22, 0))) == {5}


def test_capacitor_that_is_changed_is_gone() -> None:
    rows = days_of([[60.0] * 22] * 6, [*[[0.93] * 22] * 5, [0.93] * 10 + [0.5] * 6 + [0.93] * 6])
    verdicts = [verdict for verdict in power_factor_low.tell(rows, a_span(22, 0)) if verdict.asset_id == 5]
    assert verdicts[-1].is_present is False


def street(derate_k: float | None, quantity: str = "gear_temperature") -> list[GaugeHours]:
    """Six lamps; the last takes 2.5 % of its power back for each kelvin of its gear above a limit."""
    draws = np.random.default_rng(5)
    air = 14 + 7 * np.cos((CIVIL - 16) / 24 * 2 * np.pi) + 3 * np.sin(HOURS / 60)
    rows = []
    for index in range(N_LAMPS):
        gear = air + 18 * LEVEL / 100 + draws.normal(0, 0.5, HOURS.size)
        power = watts(LEVEL, index)
        if index == N_LAMPS - 1 and derate_k is not None:
            power = power * (1 - 0.025 * np.clip(gear - derate_k, 0, 16))
        rows += [row(index, "active_power", power)]
        rows += [row(index, "gear_temperature", gear)] if quantity == "gear_temperature" else []
    return rows if quantity == "gear_temperature" else [*rows, row(50, "temperature", air, None)]


def test_lamp_that_derates_when_hot_is_told() -> None:
    verdicts = thermal_derating.tell(thermal_derating.Inputs(street(28.0)), a_span(N_DAYS - 1, 12))
    assert accused(verdicts) == {N_LAMPS - 1}
    assert any(verdict.is_present is False for verdict in verdicts)
    first = next(verdict for verdict in verdicts if verdict.is_present)
    assert first.evidence is not None
    assert first.evidence["measured_on"] == "gear"


def test_night_air_tells_where_nobody_measures_the_gear() -> None:
    rows = street(28.0, "temperature")
    inputs = thermal_derating.Inputs(rows[:-1], rows[-1:])
    assert accused(thermal_derating.tell(inputs, a_span(N_DAYS - 1, 12))) == {N_LAMPS - 1}


def test_street_that_dims_in_the_cool_of_the_night_derates_not() -> None:
    assert accused(thermal_derating.tell(thermal_derating.Inputs(street(None)), a_span(N_DAYS - 1, 12))) == set()


def test_fall_that_only_just_counts_has_a_beginning() -> None:
    """Hours neither cool nor hot lie lower than the cool ones, so that no hot hour lies far below the two together."""
    heat = np.arange(300.0) / 10
    ratio = np.where(heat < 15, 1 + 0.01 * np.cos(np.arange(300)), 0.96)
    ratio[heat >= np.quantile(heat, thermal_derating.HOT)] = 0.9295
    lamp = thermal_derating.Lamp(row(1, "active_power", ratio), ratio, heat, is_gear=True)
    verdict = thermal_derating.judge(lamp, a_span(N_DAYS, 12))
    assert verdict.is_present is True
    assert verdict.started_at is not None


MODULES = (dimming_not_followed, thermal_derating, power_factor_low)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, -5.0, 1e300])
def test_any_number_is_answered(value: float) -> None:
    for part in (slice(None), slice(150, None), slice(150, 160)):
        odd, level = watts(), LEVEL.copy()
        odd[part] = value
        level[part] = value
        rows = [*street(28.0), row(9, "active_power", odd), row(9, "gear_temperature", odd)]
        rows.append(row(9, "dimming_command", level))
        span = a_span(N_DAYS - 1, 12)
        verdicts = [*dimming_not_followed.tell(rows, span), *thermal_derating.tell(thermal_derating.Inputs(rows), span)]
        factors = days_of([[60.0] * 20] * 6, [*[[0.9] * 20] * 5, [0.9] * 12 + [value] * 8])
        verdicts += power_factor_low.tell(factors, a_span(20, 0))
        assert all(np.isfinite(verdict.score) and verdict.score >= 0 for verdict in verdicts)


@pytest.fixture(scope="module")
def drawn() -> list[GaugeHours]:
    """Forty lamps in autumn with other faults and look-alikes: none of these three kinds."""
    town = a_town(138, START, scale=0.1)
    planted = [
        an_episode(town, faults()["driver_ageing"], "lampe-00009", 18, 4, 14),
        an_episode(town, faults()["flicker"], "lampe-00021", 8.4, 5),
        an_episode(town, faults()["dead_lamp"], "lampe-00030", 10.5, 4, 3),
        an_episode(town, faults()["day_burner"], "lampe-00002", 6.4, 4),
        an_episode(town, lookalikes()["switch_off_order"], "armoire-01", 12.5, 6),
    ]
    with_episodes(town, planted)
    names = ("active_power", "power_factor", "dimming_level", "gear_temperature")
    return gauge_hours(town, draw(town, ("lighting",), 22), names)


@pytest.mark.parametrize("module", MODULES)
def test_drawn_street_with_other_faults_tells_nothing(drawn: Sequence[GaugeHours], module: ModuleType) -> None:
    lamps = [one for one in drawn if one.parent_id is not None]
    if module is thermal_derating:
        assert accused(module.tell(thermal_derating.Inputs(lamps), a_span(21, 12))) == set()
    elif module is power_factor_low:
        assert accused(module.tell(gauge_days(lamps), a_span(22, 0))) == set()
    else:
        verdicts = module.tell(lamps, a_span(21, 12))
        assert accused(verdicts) == set()
        assert any(verdict.is_present is False for verdict in verdicts)
