"""Containers that burn, lean or were moved, on drawn sectors and by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, container_fire, container_moved
from analytics.maintenance.container_fire import Heat
from analytics.maintenance.container_moved import Places
from simulators.effect import faults, lookalikes
from store.gauge_hours import GaugeHours, StateHour
from tests.support.drawn_hours import draw, gauge_days, gauge_hours, state_hours
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2025, 7, 14, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
OK, MOVED, BURNING = 0, 3, 4


def a_span(n_hours: int, n_before: int = 0) -> Span:
    """So many hours, told at the end of each."""
    begins_at = START + n_before * HOUR
    return Span(
        begins_at, begins_at + n_hours * HOUR, "Europe/Paris", tuple(begins_at + (i + 1) * HOUR for i in range(n_hours))
    )


def accused(verdicts: Sequence[Verdict]) -> set[int | None]:
    """The assets that something is said of."""
    return {verdict.asset_id for verdict in verdicts if verdict.is_present}


def a_gauge(asset_id: int, quantity: str, values: Sequence[float]) -> GaugeHours:
    """Hours of a container's gauge, one value each."""
    own, full = np.array(values, dtype=float), np.full(len(values), 3600.0)
    begins = START.timestamp() + 3600.0 * np.arange(len(values))
    return GaugeHours(
        asset_id, asset_id, f"Bin {asset_id}", None, {}, quantity, begins, own, own, own, full, full / 3600
    )


def say(asset_id: int, codes: Sequence[int]) -> list[StateHour]:
    """What a container says of itself hour by hour."""
    return [
        StateHour(asset_id, f"Bin {asset_id}", "container_state", START + i * HOUR, code, 3600.0)
        for i, code in enumerate(codes)
    ]


def test_planted_fire_and_move_are_told_within_hours_of_what_they_strike() -> None:
    town = a_town(135, START, scale=0.1)
    fire, move = (
        an_episode(town, faults()["bin_fire"], "conteneur-0003", 9.2, 0.25, 0.1),
        an_episode(town, faults()["moved_container"], "conteneur-0008", 6.5, 3),
    )
    with_episodes(town, [fire, move, an_episode(town, lookalikes()["market_day"], "", 6.1, 11 / 24)])
    drawn = draw(town, ("waste",), 12)
    said = state_hours(town, drawn, ("container_state",))
    place = {asset.slug: index + 1 for index, asset in enumerate(town.assets)}
    span = a_span(12 * 24)
    burns = container_fire.tell(Heat(gauge_hours(town, drawn, ("container_temperature",)), said), span)
    assert accused(burns) == {place["conteneur-0003"]}
    told = [verdict for verdict in burns if verdict.is_present]
    assert told[0].at.timestamp() - fire.start_s < 3 * 3600
    assert told[-1].at.timestamp() - fire.end_s < 4 * 3600
    assert len({verdict.started_at for verdict in told}) == 1
    tilts = gauge_hours(town, drawn, ("tilt",))
    moved = container_moved.tell(Places(tilts, gauge_days(tilts), said), span)
    assert accused(moved) == {place["conteneur-0008"]}
    first = next(verdict for verdict in moved if verdict.is_present)
    assert first.at.timestamp() - move.start_s < 4 * 3600
    assert [one.is_present for one in moved if one.asset_id == place["conteneur-0008"]][-1] is False


def test_hot_afternoon_is_no_fire_but_one_container_far_hotter_is() -> None:
    sun = [48.0, 55.0, 60.0, 58.0]
    bins = [a_gauge(n, "container_temperature", sun) for n in range(6)]
    assert accused(container_fire.tell(Heat(bins, []), a_span(4))) == set()
    cold = [a_gauge(n, "container_temperature", [5.0] * 4) for n in range(1, 6)]
    smoulders = a_gauge(9, "container_temperature", [5.0, 36.0, 48.0, 6.0])
    verdicts = container_fire.tell(Heat([*cold, smoulders], []), a_span(4))
    assert accused(verdicts) == {9}
    assert [one.is_present for one in verdicts if one.asset_id == 9] == [False, True, True, False]


def test_word_of_a_container_counts_unless_it_is_known_to_be_cool() -> None:
    alone = container_fire.tell(Heat([], say(1, [OK, BURNING, OK])), a_span(3))
    assert [one.is_present for one in alone] == [False, True, False]
    assert alone[1].severity == "urgent"
    cool = a_gauge(1, "container_temperature", [12.0] * 3)
    assert accused(container_fire.tell(Heat([cool], say(1, [OK, BURNING, OK])), a_span(3))) == set()


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e300])
def test_odd_temperature_is_never_an_error_and_never_not_a_number(odd: float) -> None:
    bins = [a_gauge(n, "container_temperature", [20.0, 20.0]) for n in range(5)]
    for verdict in container_fire.tell(Heat([*bins, a_gauge(9, "container_temperature", [20.0, odd])], []), a_span(2)):
        assert np.isfinite(verdict.score)
        assert not (verdict.is_present and verdict.asset_id != 9)


def leaning(values: Sequence[float]) -> Places:
    """A container with days of usual tilt before, and these hours."""
    usual = a_gauge(1, "tilt", [1.0] * 24 * 5)
    before = [replace_begins(row) for row in gauge_days([usual])]
    return Places([a_gauge(1, "tilt", values)], before, [])


def replace_begins(row: GaugeHours) -> GaugeHours:
    """Put days before the start."""
    about = (row.series_id, row.asset_id, row.name, row.parent_id, row.attributes, row.quantity)
    days = row.begins_s - 8 * 86_400
    return GaugeHours(*about, days, row.low, row.mean, row.high, row.covered_s, row.n_values)


def test_container_lifted_once_is_not_moved_and_one_that_leans_for_hours_is() -> None:
    assert accused(container_moved.tell(leaning([1.0, 80.0, 2.0, 1.0]), a_span(4))) == set()
    verdicts = container_moved.tell(leaning([1.0, 20.0, 21.0, 20.0, 1.0, 1.0]), a_span(6))
    assert [one.is_present for one in verdicts] == [None, None, True, True, None, False]
    assert "20°" in verdicts[3].sentence_en


def tilts_of(values: Sequence[float], series_id: int = 1, first_day: int = 0) -> GaugeHours:
    """A container's tilt, one value for each hour of a day, so many days after the start."""
    row = a_gauge(1, "tilt", np.repeat(values, 24).tolist())
    return replace(row, series_id=series_id, begins_s=row.begins_s + first_day * 86_400)


def test_container_set_upright_after_weeks_is_not_told() -> None:
    rows = [tilts_of([3.0] * 60 + [82.0] * 25 + [3.0] * 10)]
    verdicts = container_moved.tell(Places(rows, gauge_days(rows), []), a_span(36 * 24, 59 * 24))
    told = [one.at for one in verdicts if one.is_present]
    assert (told[0], told[-1]) == (START + 60 * DAY + 2 * HOUR, START + 85 * DAY)
    assert verdicts[-1].is_present is False


def test_replaced_tilt_sensor_is_not_compared_with_the_old_one() -> None:
    rows = [tilts_of([3.0] * 30), tilts_of([25.0] * 10, series_id=2, first_day=30)]
    verdicts = container_moved.tell(Places(rows, gauge_days(rows), []), a_span(15 * 24, 25 * 24))
    assert accused(verdicts) == set()
    assert verdicts[-1].is_present is False


def test_container_that_says_it_was_moved_is() -> None:
    verdicts = container_moved.tell(Places([], [], say(1, [OK, MOVED, MOVED, OK])), a_span(4))
    assert [one.is_present for one in verdicts] == [False, True, True, False]
