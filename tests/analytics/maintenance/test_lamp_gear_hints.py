"""Ageing drivers and cycling lamps, on drawn streets and by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, driver_ageing, flicker, gear_overheating
from analytics.maintenance.gauges import quantiles
from simulators.effect import faults, lookalikes
from store.gauge_hours import GaugeHours
from tests.support.drawn_hours import draw, gauge_days, gauge_hours
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2025, 9, 22, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
N_DAYS = 32


def a_span(n_days: int, hour: int) -> Span:
    """So many civil days, told at an hour of each; the change of the clock among them."""
    first = datetime(START.year, START.month, START.day, hour, tzinfo=PARIS)
    ends = tuple((first + (i + 1) * DAY).astimezone(UTC) for i in range(n_days))
    return Span(first.astimezone(UTC), ends[-1], "Europe/Paris", ends)


def accused(verdicts: Sequence[Verdict]) -> set[int | None]:
    """The assets that something is said of."""
    return {verdict.asset_id for verdict in verdicts if verdict.is_present}


@pytest.fixture(scope="module")
def street() -> tuple[dict[str, int], list[GaugeHours]]:
    """Forty lamps in autumn: a driver ages, a lamp cycles, one dies; an order, a trip, a restart."""
    town = a_town(134, START, scale=0.1)
    planted = [
        an_episode(town, faults()["driver_ageing"], "lampe-00009", 26, 5, 20),
        an_episode(town, faults()["flicker"], "lampe-00021", 11.4, 5),
        an_episode(town, faults()["dead_lamp"], "lampe-00030", 14.5, 4, 3),
        an_episode(town, faults()["day_burner"], "lampe-00002", 6.4, 4),
        an_episode(town, lookalikes()["switch_off_order"], "armoire-01", 17.5, 6),
        an_episode(town, faults()["cabinet_tripped"], "armoire-01", 25.7, 0.8),
    ]
    with_episodes(town, planted)
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    quantities = ("active_power", "power_factor", "gear_temperature")
    return place, gauge_hours(town, draw(town, ("lighting",), N_DAYS), quantities)


def test_ageing_driver_is_told_before_it_fails(street: tuple[dict[str, int], list[GaugeHours]]) -> None:
    place, hours = street
    verdicts = driver_ageing.tell(gauge_days(hours), a_span(N_DAYS, 0))
    assert accused(verdicts) == {place["lampe-00009"]}
    first = next(verdict for verdict in verdicts if verdict.is_present)
    assert START + 8 * DAY < first.at < START + 24 * DAY


def test_cycling_lamp_is_told_and_what_its_neighbours_do_too_is_not(
    street: tuple[dict[str, int], list[GaugeHours]],
) -> None:
    place, hours = street
    powers = [row for row in hours if row.quantity == "active_power" and row.parent_id is not None]
    verdicts = flicker.tell(powers, a_span(N_DAYS - 1, 12))
    assert accused(verdicts) == {place["lampe-00021"]}
    told = [verdict.at for verdict in verdicts if verdict.is_present]
    assert [at.date() for at in told] == [(START + n * DAY).date() for n in range(12, 17)]
    own = [verdict for verdict in verdicts if verdict.asset_id == place["lampe-00021"] and verdict.at > told[-1]]
    assert any(verdict.is_present is False for verdict in own)


def test_gear_that_runs_hot_is_told_before_the_driver_fails(street: tuple[dict[str, int], list[GaugeHours]]) -> None:
    place, hours = street
    verdicts = gear_overheating.tell(gears(hours), a_span(N_DAYS, 0))
    assert accused(verdicts) == {place["lampe-00009"]}
    assert next(verdict for verdict in verdicts if verdict.is_present).at < START + 19 * DAY


def gears(rows: Sequence[GaugeHours]) -> list[GaugeHours]:
    """Keep gear temperatures."""
    return [row for row in rows if row.quantity == "gear_temperature"]


def heated(own_k: Sequence[float], n_others: int = 5) -> list[GaugeHours]:
    """Days of gears in a spring that warms by 12 K; the last lamp is hotter by so many kelvins."""
    draws, n = np.random.default_rng(3), len(own_k)
    begins = np.array([(START.replace(tzinfo=PARIS) + i * DAY).timestamp() for i in range(n)])
    air, rows = 10 + 12 * np.arange(n) / n + draws.normal(0, 3, n), []
    for index in range(n_others + 1):
        mean = air + 15 + index + draws.normal(0, 0.5, n) + (np.array(own_k) if index == n_others else 0)
        full = np.full(n, 30_000.0)
        about = (index, index, f"Lamp {index}", 99, {}, "gear_temperature")
        rows.append(GaugeHours(*about, begins, mean - 4, mean, mean + 4, full, full))
    return rows


def test_fouled_fins_are_told_by_four_kelvins_and_gone_when_cleaned() -> None:
    hotter = [0.0] * 15 + [float(n) for n in range(12)] + [0.0] * 5
    verdicts = [one for one in gear_overheating.tell(heated(hotter), a_span(32, 0)) if one.asset_id == 5]
    told = [one for one in verdicts if one.is_present]
    assert START + 18 * DAY < told[0].at <= START + 21 * DAY
    assert START + 16 * DAY <= told[0].started_at <= told[0].at
    assert max(one.score for one in told) == pytest.approx(1.0, abs=0.2)
    assert "ailettes" in told[0].sentence_fr
    assert verdicts[-1].is_present is False


@pytest.mark.parametrize(
    ("last", "n_days"),
    [((1.5, 3.2, 5), 3), ((5, 5, 5), 3), ((2, 1, 3, 5), 4), ((0, 0, 8), None), ((6, 0, 8), None)],
)
def test_gear_that_grows_hotter_from_day_to_day_is_told_at_four_kelvins(
    last: tuple[float, ...], n_days: int | None
) -> None:
    hotter = [0.0] * 20 + [*last]
    verdicts = gear_overheating.tell(heated(hotter), a_span(len(hotter), 0))
    told = [one.at for one in verdicts if one.asset_id == 5 and one.is_present]
    first = (START.replace(tzinfo=PARIS) + timedelta(days=20 + (n_days or 0))).astimezone(UTC)
    assert told[:1] == ([] if n_days is None else [first])


def test_lamps_that_tell_of_different_hours_are_not_compared() -> None:
    """In a switch-off each lamp tells once a night, some in the warm first hour, others in the cool second."""
    draws, n = np.random.default_rng(5), 40
    rows = []
    for index in range(12):
        is_ordered = np.arange(n) >= 30
        hours = [[20, 21, 22] if not ordered else [20 + index % 2] for ordered in is_ordered]
        begins = np.array([START.timestamp() + (day * 24 + hour) * 3600 for day in range(n) for hour in hours[day]])
        mean = np.array([{20: 48.0, 21: 33.0, 22: 28.0}[hour] for day in range(n) for hour in hours[day]])
        mean += draws.normal(0, 0.5, mean.size)
        once = np.ones(mean.size)
        about = (index, index, f"Lamp {index}", 99, {}, "gear_temperature")
        rows.append(GaugeHours(*about, begins, mean, mean, mean, 3600 * once, once))
    verdicts = gear_overheating.tell(rows, a_span(n, 0))
    assert accused(verdicts) == set()
    assert any(one.is_present is False and one.at > START + 33 * DAY for one in verdicts)


def test_summer_and_a_lamp_that_was_always_hotter_are_no_fault() -> None:
    assert accused(gear_overheating.tell(heated([8.0] * 32), a_span(32, 0))) == set()


@pytest.mark.parametrize(("n_new", "told"), [(6, set()), (0, {9})])
def test_gears_left_as_they_were_where_most_lamps_were_changed_run_no_hotter(n_new: int, told: set[int]) -> None:
    """Six of ten become LED and 12 K cooler: the others are not hot. One that heats up by 8 K is, beside old ones."""
    rows = heated([0.0] * 20 + [8.0 if n_new == 0 else 0.0] * 12, n_others=9)
    cooler = np.where(np.arange(32) >= 20, 12.0, 0.0)
    changed = [replace(row, low=row.low - cooler, high=row.high - cooler) for row in rows[:n_new]]
    assert accused(gear_overheating.tell([*changed, *rows[n_new:]], a_span(32, 0))) == told


def test_gear_without_neighbours_is_not_judged() -> None:
    rows = heated([0.0] * 15 + [20.0] * 17, n_others=2)
    assert gear_overheating.tell(rows, a_span(32, 0)) == []


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e300, -273.15])
def test_broken_gear_sensor_accuses_nobody_else(odd: float) -> None:
    for verdict in gear_overheating.tell(heated([0.0] * 15 + [odd] * 17), a_span(32, 0)):
        assert np.isfinite(verdict.score)
        assert not verdict.is_present


def family(power: Sequence[Sequence[float]], factor: Sequence[Sequence[float]]) -> list[GaugeHours]:
    """Days of the lamps of one cabinet."""
    rows = []
    for index, pair in enumerate(zip(power, factor, strict=True)):
        for quantity, own in zip(("active_power", "power_factor"), pair, strict=True):
            begins = np.array([(START.replace(tzinfo=PARIS) + i * DAY).timestamp() for i in range(len(own))])
            values, full = np.array(own, dtype=float), np.full(len(own), 80_000.0)
            about = (2 * index + (quantity == "power_factor"), index, f"Lamp {index}", 99, {}, quantity)
            rows.append(GaugeHours(*about, begins, values, values, values, full, full))
    return rows


def test_mains_and_season_that_all_lamps_share_are_no_ageing() -> None:
    trend = np.concatenate((np.ones(15), np.full(15, 0.85)))
    rows = family([50 / trend] * 6, [0.95 * trend] * 6)
    assert accused(driver_ageing.tell(rows, a_span(30, 0))) == set()


def test_new_lamps_do_not_age_the_drivers_of_the_old_ones_beside_them() -> None:
    """Six of ten become LED with a better power factor, and one of the old four ages on."""
    is_new, days = np.arange(10) < 6, np.arange(60)
    power = np.where(is_new[:, None] & (days >= 40), 40.0, 100.0)
    factor = np.where(is_new[:, None] & (days >= 40), 0.97, 0.86)
    assert accused(driver_ageing.tell(family(power.tolist(), factor.tolist()), a_span(60, 0))) == set()
    power[9, 53:], factor[9, 53:] = 106.0, 0.76
    assert accused(driver_ageing.tell(family(power.tolist(), factor.tolist()), a_span(60, 0))) == {9}


@pytest.mark.parametrize(("watts", "words"), [(40.0, "n'a pas changé"), (44.0, "a changé de +10 %")])
def test_power_of_an_ageing_driver_is_said_as_it_is(watts: float, words: str) -> None:
    power = [*[[40.0] * 30] * 5, [*[40.0] * 25, *[0.999 * watts] * 5]]
    verdicts = driver_ageing.tell(
        family(power, [*[[0.95] * 30] * 5, [*[0.95] * 22, 0.85, 0.85, *[0.75] * 6]]), a_span(30, 0)
    )
    assert words in [verdict for verdict in verdicts if verdict.is_present][-1].sentence_fr


@pytest.mark.parametrize(
    "factors", [[0.0] * 20, [np.nan] * 20, [0.9], [1e-9, 1.0] * 10, [-0.9] * 20, [np.inf] * 20, [0.9] * 20]
)
def test_odd_power_factors_give_no_finding_and_no_error(factors: Sequence[float]) -> None:
    sound = [[0.95] * len(factors)] * 5
    rows = family([[40.0] * len(factors)] * 6, [*sound, factors])
    for verdict in driver_ageing.tell(rows, a_span(21, 0)):
        assert np.isfinite(verdict.score)
        assert not (verdict.is_present and verdict.asset_id != 5)


def test_lamp_without_neighbours_is_not_judged() -> None:
    rows = family([[40.0] * 20], [[0.95] * 10 + [0.5] * 10])
    assert accused(driver_ageing.tell(rows, a_span(20, 0))) == set()


@pytest.mark.parametrize("level", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_quantiles_of_what_is_known_are_numpys(level: float) -> None:
    draws = np.random.default_rng(6)
    rows = np.where(draws.random((40, 9)) < 0.3, np.nan, draws.normal(0, 1, (40, 9)))
    rows[:, 0] = 1.0
    assert quantiles(rows, level) == pytest.approx(np.nanquantile(rows, level, axis=1))
    assert np.isnan(quantiles(np.full((2, 3), np.nan), level)).all()
