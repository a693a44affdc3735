"""Settled bridges: temperature's effect taken out, and what remains."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.maintenance import Span, settlement
from analytics.maintenance.thermal import mean_before, without_temperature
from simulators.effect import faults
from simulators.grid import Floats
from store.gauge_hours import GaugeHours
from tests.support.drawn_hours import draw, gauge_hours
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2025, 3, 3, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 32


def weather(n_days: int, seed: int = 3) -> tuple[Floats, Floats]:
    """Hours, and a spring that warms by half a kelvin a day, with days and nights, milder and colder spells."""
    hours = np.arange(n_days * 24)
    spells = np.repeat(np.random.default_rng(seed).normal(0, 3, n_days + 1), 24)
    spells = np.convolve(spells, np.full(24, 1 / 24), "valid")[: hours.size]
    return START.timestamp() + 3600.0 * hours, 5 + hours / 48 + 4 * np.sin(hours / 24 * 2 * np.pi) + spells


def a_span(n_days: int) -> Span:
    """So many days, told at each midnight."""
    ends = tuple(START + (i + 1) * DAY for i in range(n_days))
    return Span(START, ends[-1], "UTC", ends)


def a_gauge(quantity: str, begins_s: Floats, values: Floats, asset_id: int = 1) -> GaugeHours:
    """Hours of a gauge of an element of one bridge."""
    full = np.full(values.size, 3600.0)
    about = (asset_id, f"Element {asset_id}", None, {"bridge": "pont-1"}, quantity)
    return GaugeHours(asset_id, *about, begins_s, values, values, values, full, full / 600)


def test_effect_of_temperature_is_taken_out_but_not_what_grows_with_the_season() -> None:
    """A drift that runs along with the warming stays in what is left: a straight fit would explain it away."""
    at_s, warmth = weather(30)
    drift = np.arange(at_s.size) / 24 * 0.1
    hours, left = without_temperature(at_s, 0.3 * warmth + 0.1 * mean_before(warmth) + drift, at_s, warmth)
    moved = np.interp(hours, at_s, drift)
    assert np.std(left - moved) < 0.02
    assert left[-1] - left[0] == pytest.approx(moved[-1] - moved[0], rel=0.05)


@given(st.integers(0, 2**32 - 1), st.integers(0, 200), st.sampled_from([0.0, np.nan, np.inf, 1e300]))
def test_odd_hours_never_raise(seed: int, n: int, odd: float) -> None:
    draws = np.random.default_rng(seed)
    at_s = np.unique(draws.integers(0, 500, n)) * 3600.0
    values = np.where(draws.random(at_s.size) < 0.1, odd, draws.normal(0, 1, at_s.size))
    hours, left = without_temperature(at_s, values, at_s, draws.normal(10, 5, at_s.size))
    assert hours.size == left.size
    assert np.isfinite(left).all()


def test_constant_temperature_is_not_known_to_have_an_effect() -> None:
    at_s, warmth = weather(20)
    assert without_temperature(at_s, warmth, at_s, np.full(at_s.size, 12.0))[0].size == 0


def test_element_that_moves_with_the_weather_alone_is_sound_and_one_that_shifts_is_told() -> None:
    at_s, warmth = weather(N_DAYS)
    noise = np.random.default_rng(1).normal(0, 0.02, at_s.size)
    shift = np.where(at_s >= at_s[0] + 20 * 86_400, 3.0, 0.0)
    rows = [a_gauge("displacement", at_s, 0.3 * warmth + noise + own, i) for i, own in ((1, 0 * shift), (2, shift))]
    verdicts = settlement.tell([*rows, a_gauge("temperature", at_s, warmth, 3)], a_span(N_DAYS))
    told = [verdict for verdict in verdicts if verdict.is_present]
    assert {verdict.asset_id for verdict in told} == {2}
    assert told[0].at == START + 23 * DAY
    assert told[-1].evidence is not None
    assert told[-1].evidence["changes"]["displacement"]["moved"] == pytest.approx(3.0, abs=0.05)
    assert [verdict.is_present for verdict in verdicts if verdict.asset_id == 1][-1] is False


def test_what_came_to_rest_ends_and_what_moves_again_is_told_anew() -> None:
    """Three millimetres on day 20, three more on day 80: two findings, each with its own beginning and amount."""
    at_s, warmth = weather(100)
    day = (at_s - at_s[0]) / 86_400
    noise = np.random.default_rng(1).normal(0, 0.02, at_s.size)
    values = 0.3 * warmth + noise + 3.0 * (day >= 20) + 3.0 * (day >= 80)
    rows = [a_gauge("displacement", at_s, values), a_gauge("temperature", at_s, warmth, 3)]
    told = [verdict for verdict in settlement.tell(rows, a_span(100)) if verdict.asset_id == 1]
    spells = [
        [(one.at - START) / DAY for one in own] for present, own in groupby(told, lambda one: one.is_present) if present
    ]
    assert [spell[0] for spell in spells] == [23, 83]
    assert spells[0][-1] < 55
    assert any(one.is_present is False and one.at > START + 55 * DAY for one in told)
    newest = told[-1]
    assert newest.evidence is not None
    assert newest.evidence["changes"]["displacement"]["moved"] == pytest.approx(3.0, abs=0.1)
    assert abs(newest.started_at - (START + 80 * DAY)) <= DAY


def test_element_that_is_jacked_back_has_not_settled_again() -> None:
    """Five millimetres down on day 20, lifted back on day 80; down again on day 100, which is told."""
    at_s, warmth = weather(106)
    day = (at_s - at_s[0]) / 86_400
    shift = np.where(((day >= 20) & (day < 80)) | (day >= 100), -5.0, 0.0)
    values = 0.3 * warmth + np.random.default_rng(1).normal(0, 0.02, at_s.size) + shift
    rows = [a_gauge("displacement", at_s, values), a_gauge("temperature", at_s, warmth, 3)]
    told = [one for one in settlement.tell(rows, a_span(106)) if one.asset_id == 1 and one.at > START + 60 * DAY]
    assert not [one for one in told if one.is_present and one.at < START + 100 * DAY]
    assert next(one.at for one in told if one.is_present is False and one.at > START + 80 * DAY) <= START + 83 * DAY


def test_what_creeps_on_stays_told() -> None:
    at_s, warmth = weather(100)
    creep = np.maximum((at_s - at_s[0]) / 86_400 - 20, 0) * 0.1
    noise = np.random.default_rng(1).normal(0, 0.02, at_s.size)
    rows = [a_gauge("displacement", at_s, 0.3 * warmth + noise + creep), a_gauge("temperature", at_s, warmth, 3)]
    told = [verdict.is_present for verdict in settlement.tell(rows, a_span(100)) if verdict.asset_id == 1]
    first = told.index(True)
    assert first < 40
    assert all(told[first:])


def test_bump_of_two_days_is_not_lasting() -> None:
    at_s, warmth = weather(N_DAYS)
    day = (at_s - at_s[0]) / 86_400
    values = 0.3 * warmth + np.where((day >= 20) & (day < 22), 3.0, 0.0)
    rows = [a_gauge("displacement", at_s, values), a_gauge("temperature", at_s, warmth)]
    assert not [verdict for verdict in settlement.tell(rows, a_span(N_DAYS)) if verdict.is_present]


def test_replaced_sensor_starts_anew() -> None:
    """Another zero of another sensor is no settlement."""
    at_s, warmth = weather(N_DAYS)
    cut = 20 * 24
    old, new = (a_gauge("displacement", at_s[part], 0.3 * warmth[part]) for part in (slice(cut), slice(cut, None)))
    shifted = replace(new, series_id=9, low=new.low + 50, mean=new.mean + 50, high=new.high + 50)
    rows = [old, shifted, a_gauge("temperature", at_s, warmth)]
    assert not [verdict for verdict in settlement.tell(rows, a_span(N_DAYS)) if verdict.is_present]


def test_planted_settlement_is_told_of_its_bearing_alone() -> None:
    town = a_town(133, START, scale=0.2)
    slug = "pont-1-appui-nord-aval"
    with_episodes(town, [an_episode(town, faults()["bridge_settlement"], slug, 25, 5, 14)])
    quantities = (*settlement.LEAST_BY_QUANTITY, "temperature")
    rows = gauge_hours(town, draw(town, ("structure",), N_DAYS), quantities)
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    told = [verdict for verdict in settlement.tell(rows, a_span(N_DAYS)) if verdict.is_present]
    assert {verdict.asset_id for verdict in told} == {place[slug]}
    assert START + 11 * DAY < told[0].at < START + 25 * DAY
